/** The tables before and after a node: both opened as previews, and their first rows. */
import { useEffect, useState } from 'react';
import { append } from '../../../shared/append.ts';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { decodePage, type PageCell } from '../../../shared/rpc/page.ts';
import type { Column } from '../../../shared/wires.ts';
import { host } from '../rpc/host.ts';
import { askPreview, closePreview, openPreview } from '../preview/open-previews.ts';
import { documentOf } from '../state/documents/documents.ts';
import type { Sample } from './align-rows.ts';

export interface End {
  node: string;
  port: string;
}
export interface Side {
  preview: string;
  columns: readonly Column[];
  sample: Sample;
  /** Rows of the whole table; null: not counted. */
  total: number | null;
}
export interface TwoTables {
  before: Side;
  after: Side;
}
export interface Reading {
  tables: TwoTables | null;
  problem: Problem | null;
}

/** As many rows as are told apart at once; enough for any class room, little enough for a keystroke. */
const mostRows = 2000;
const pageRows = 1000;

/** `content`: changes whenever one of the tables may read differently; null: nothing is read yet. */
export function useTwoTables(draft: string, from: End, to: End, content: string | null): Reading {
  const [reading, setReading] = useState<Reading & { content: string | null }>({
    tables: null,
    problem: null,
    content: null,
  });
  useEffect(() => {
    if (content === null) return undefined;
    const abort = new AbortController();
    const opened: string[] = [];
    const read = async (): Promise<void> => {
      try {
        const [before, after] = await Promise.all([
          readSide(draft, from, opened, abort.signal),
          readSide(draft, to, opened, abort.signal),
        ]);
        if (!abort.signal.aborted) setReading({ tables: { before, after }, problem: null, content });
      } catch (thrown) {
        if (!abort.signal.aborted) setReading({ tables: null, problem: toProblem(thrown), content });
      }
    };
    void read();
    return () => {
      abort.abort();
      for (const preview of opened) closePreview(preview);
    };
    // The content names both ends.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [content]);
  return reading.content === content ? reading : { tables: reading.tables, problem: null };
}

async function readSide(draft: string, end: End, opened: string[], signal: AbortSignal): Promise<Side> {
  const document = documentOf(draft);
  if (document === undefined) throw new Error('the pipeline was closed');
  const pipeline = { path: document.path, file: document.file };
  const open = await openPreview({ pipeline, ...end }, signal);
  opened.push(open.preview);
  const values = new Map<string, PageCell[]>(open.schema.columns.map((c) => [c.name, []]));
  let rows = 0;
  let total = open.rows;
  let isWhole = false;
  while (!isWhole && rows < mostRows) {
    const limit = Math.min(pageRows, mostRows - rows);
    const offset = rows;
    const answer = await askPreview(
      open.preview,
      (preview) => host()['preview.page']({ preview, offset, limit, sort: null, filter: '' }, { signal }),
      signal,
    );
    const page = decodePage(answer.page);
    for (const column of page.columns) append(values.get(column.name) ?? [], column.values);
    rows += page.rows;
    total = answer.rows ?? total;
    // A page may be cut by its bytes: only an empty one, or the known number, ends a table.
    isWhole = page.rows === 0 || (total !== null && rows >= total);
  }
  return {
    preview: open.preview,
    columns: open.schema.columns,
    sample: { columns: [...values].map(([name, cells]) => ({ name, values: cells })), rows, isWhole },
    total: isWhole ? rows : total,
  };
}
