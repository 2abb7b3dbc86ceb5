import { attachStaged } from '../../../shared/media/attach-staged.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { afterFailed, judgeFailedRows, orFailed, type FailedRow } from '../../../shared/run/failed-rows.ts';
import { imageFields, readImage } from '../../../shared/media/image.ts';
import type { TextLine } from '../../../shared/media/image-service.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { imageColumnOf } from '../../../shared/spec/image-columns.ts';
import { id, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import { addedColumns } from '../../../shared/spec/added-columns.ts';
import { newColumns, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

export default task(spec, {
  run: async (context) => {
    const { params, warn, metric } = context;
    const rows = context.table('rows');
    const column = imageColumnOf(params.column, rows.columns)?.name ?? '';
    const { read, failed } = await readAll(context, column);
    const without = read.filter(({ pieces }) => pieces.length === 0);
    const [first] = without;
    const mend =
      'Look at them in the preview: text that stands upside down, or lower than about 10 pixels, is not read.';
    const problem = { code: 'ocr.no-text', message: `no text was found, such as in "${first?.name ?? ''}"`, mend };
    const warning = judgeFailedRows(
      {
        failed: [...failed, ...without.map(({ rows }) => ({ problem, rows }))],
        rows: [...failed, ...read].reduce((sum, { rows }) => sum + rows, 0),
        after: failed.length === 0 ? mend : afterFailed,
      },
      params.failShare,
    );
    if (warning !== undefined) warn(warning);
    metric('images', read.length);
    metric('without_text', without.length);
    await context.outputs.table('rows', await tableOf(context, column, read));
  },
});

interface ReadImageText {
  hash: string;
  /** As the value's field has them: with the hash they say which pixels were read. */
  steps: string;
  name: string;
  /** That show it. */
  rows: number;
  pieces: TextLine[];
}

/** Each image once, however many rows show it. */
async function readAll(context: Context, column: string): Promise<{ read: ReadImageText[]; failed: FailedRow[] }> {
  const { signal, progress, params } = context;
  const found = await context
    .table('rows')
    .query(
      sql`SELECT * FROM (SELECT DISTINCT ON (hash, steps) *, count(*) OVER (PARTITION BY hash, steps) AS n FROM (SELECT ${imageFields(column)} FROM ${context.table('rows').ref} WHERE ${id(column)} IS NOT NULL) ORDER BY hash, steps, "name") ORDER BY "name", hash, steps`,
    );
  if (found.length === 0)
    throw fail('image.none', { message: 'There is no image in these rows.', mend: 'Look what the node before gives.' });
  const reader = await context.images.openTextReader(context.threads);
  try {
    const read: ReadImageText[] = [];
    const failed: FailedRow[] = [];
    for (const row of found) {
      signal.throwIfAborted();
      const image = readImage(row);
      if (image === undefined) continue;
      progress(
        (read.length + failed.length) / found.length,
        `${(read.length + failed.length).toLocaleString('en')} of ${found.length.toLocaleString('en')} images`,
      );
      const lines = await orFailed(Number(row['n']), () => reader.read(image, signal));
      if ('failed' in lines) {
        failed.push(lines.failed);
        continue;
      }
      const pieces = lines.value.filter((p) => p.confidence >= params.leastConfidence);
      read.push({
        hash: image.hash,
        steps: String(row['steps'] ?? ''),
        name: image.name,
        rows: Number(row['n']),
        pieces,
      });
    }
    return { read, failed };
  } finally {
    await reader.close();
  }
}

async function tableOf(context: Context, column: string, read: readonly ReadImageText[]): Promise<Sql> {
  const { give } = context.params;
  const rows = context.table('rows');
  const added = addedColumns(newColumns[give], rows.columns);
  const table = await context.stage(
    [
      { name: '__hash', type: 'VARCHAR' },
      { name: '__steps', type: 'VARCHAR' },
      { name: '__at', type: 'INTEGER' },
      ...added,
    ],
    read.flatMap((image) => rowsOf(image, give)),
  );
  const image = sql`r.${id(column)}`;
  const on = sql`${image}.image = s.__hash AND ${image}.steps = s.__steps`;
  return attachStaged(rows, { table, added, on, at: '__at', without: give === 'text' ? 'kept' : 'left out' });
}

function rowsOf({ hash, steps, pieces }: ReadImageText, give: 'text' | 'pieces'): SqlValue[][] {
  if (give === 'pieces')
    return pieces.map((p, at) => [
      hash,
      steps,
      at,
      p.line,
      p.text,
      p.confidence,
      Math.round(p.x),
      Math.round(p.y),
      Math.round(p.width),
      Math.round(p.height),
    ]);
  const lines = [...Map.groupBy(pieces, (p) => p.line).values()];
  const text = lines.map((line) => line.map((p) => p.text).join('\t')).join('\n');
  const sure = pieces.reduce((sum, p) => sum + p.confidence, 0) / pieces.length;
  return [[hash, steps, 0, text, pieces.length === 0 ? null : sure]];
}
