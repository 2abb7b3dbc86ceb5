/** The rows that are labelled: read from the node's input, each with the key that its label is tied to. */
import { isImageType, readImageCell, type ImageValue } from '../../../shared/media/image.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { decodePage, type Page, type PageCell } from '../../../shared/rpc/page.ts';
import type { Column } from '../../../shared/wires.ts';
import { linksOf } from '../edits/ports.ts';
import { askPreview, closePreview, openPreview } from '../preview/held-previews.ts';
import { host } from '../rpc/host.ts';

export interface LabelRow {
  at: number;
  /** Missing where the row has nothing to be known by. */
  key: string | null;
  image: ImageValue | undefined;
  text: string;
  /** The label that the data has already. */
  given: string | null;
  /** The row's other values, for who must know more. */
  others: { name: string; value: string }[];
}
export interface LabelSettings {
  column: string;
  as: string;
  known: 'content' | 'column';
  idColumn: string;
}

/** Small, since texts may be long and a page has a limit. */
const pageRows = 50;
const keptPages = 400;
const keyColumn = '__label_key';
const sayOthers = 6;

/** The pipeline with a node behind the input that computes the keys, as the label node itself does. */
export function withKeys(
  file: PipelineFile,
  node: string,
  shown: Column,
  settings: LabelSettings,
): { file: PipelineFile; node: string } | undefined {
  const link = linksOf(file).find((l) => l.to.node === node);
  if (link === undefined) return undefined;
  let id = 'label-keys';
  while (Object.hasOwn(file.nodes, id)) id += 'x';
  const column = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const expression =
    settings.known === 'column'
      ? `CAST(${column(settings.idColumn)} AS VARCHAR)`
      : isImageType(shown.type)
        ? `${column(shown.name)}.image`
        : `sha256(CAST(${column(shown.name)} AS VARCHAR))`;
  return {
    node: id,
    file: {
      ...file,
      nodes: {
        ...file.nodes,
        [id]: { kind: 'clean.derive', version: 1, params: { columns: [{ name: keyColumn, expression }] } },
      },
      wires: [...file.wires, `${link.from.node}.${link.from.port} -> ${id}.rows`],
    },
  };
}

export interface LabelRows {
  /** Asked until they are counted. */
  count: () => Promise<number | null>;
  at: (index: number) => Promise<LabelRow | undefined>;
  /** Without asking: what is here already. */
  here: (index: number) => LabelRow | undefined;
  close: () => void;
}

/** @throws the host's problem when the rows cannot be read */
export async function openLabelRows(
  pipeline: { path: string | null; file: PipelineFile },
  keyed: { file: PipelineFile; node: string },
  shown: Column,
  settings: LabelSettings,
): Promise<LabelRows> {
  const { preview, rows } = await openPreview({
    pipeline: { path: pipeline.path, file: keyed.file },
    node: keyed.node,
    port: 'rows',
  });
  let count = rows;
  const pages = new Map<number, LabelRow[]>();
  const under = new Map<number, Promise<LabelRow[]>>();
  const load = (number: number): Promise<LabelRow[]> => {
    const here = pages.get(number);
    if (here !== undefined) return Promise.resolve(here);
    const running = under.get(number) ?? read(number).finally(() => under.delete(number));
    under.set(number, running);
    return running;
  };
  const read = async (number: number): Promise<LabelRow[]> => {
    const offset = number * pageRows;
    const answer = await askPreview(preview, (name) =>
      host()['preview.page']({ preview: name, offset, limit: pageRows, sort: null, filter: '' }),
    );
    count = answer.rows ?? count;
    const found = readRows(decodePage(answer.page), shown, settings);
    pages.set(number, found);
    for (const old of pages.keys()) if (pages.size > keptPages) pages.delete(old);
    return found;
  };
  return {
    count: async () => {
      if (count !== null) return count;
      const answer = await askPreview(preview, (name) =>
        host()['preview.page']({ preview: name, offset: 0, limit: 1, sort: null, filter: '' }),
      );
      return (count = answer.rows);
    },
    at: async (index) => (index < 0 ? undefined : (await load(Math.floor(index / pageRows)))[index % pageRows]),
    here: (index) => pages.get(Math.floor(index / pageRows))?.[index % pageRows],
    close: () => closePreview(preview),
  };
}

function readRows(page: Page, shown: Column, settings: LabelSettings): LabelRow[] {
  const valuesOf = (name: string): readonly PageCell[] => page.columns.find((c) => c.name === name)?.values ?? [];
  const [keys, values, given] = [valuesOf(keyColumn), valuesOf(shown.name), valuesOf(settings.as)];
  const others = page.columns.filter(
    (c) => c.name !== keyColumn && c.name !== shown.name && c.name !== settings.as && !isImageType(c.type),
  );
  return Array.from({ length: page.rows }, (_, i): LabelRow => {
    const value = values[i];
    const text = value === null || value === undefined ? '' : String(value);
    return {
      at: page.offset + i,
      key: typeof keys[i] === 'string' ? keys[i] : null,
      image: isImageType(shown.type) ? readImageCell(text) : undefined,
      text,
      given: given[i] === null || given[i] === undefined ? null : String(given[i]),
      others: others
        .slice(0, sayOthers)
        .map((c) => ({ name: c.name, value: c.values[i] === null ? '–' : String(c.values[i]) })),
    };
  });
}

/** The next row, in a direction, that a person may want to see; undefined at the end. */
export async function nextRow(
  rows: Pick<LabelRows, 'at'>,
  from: number,
  step: 1 | -1,
  wants: (row: LabelRow) => boolean,
): Promise<LabelRow | undefined> {
  for (let index = from; index >= 0; index += step) {
    const row = await rows.at(index);
    if (row === undefined) return undefined;
    if (row.key !== null && wants(row)) return row;
  }
  return undefined;
}
