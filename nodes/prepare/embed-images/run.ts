import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail, FlowyardError } from '../../../shared/errors.ts';
import { afterFailed, judgeFailedRows, type FailedRow } from '../../../shared/run/failed-rows.ts';
import { imageFields, readImage, type ImageValue } from '../../../shared/media/image.ts';
import type { ImageEncoder } from '../../../shared/media/image-service.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { imageColumnOf } from '../../../shared/spec/image-columns.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { id, join, sql, type SqlValue } from '../../../shared/sql.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { encodeImages } from '../../../methods/images/encode-images.ts';
import { inOrder } from '../../../methods/language/per-text.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

/** More would be a picture, not an embedding, and a table that nobody can look at. */
const mostNumbers = 4096;

export default task(spec, {
  sources: ({ encoder }) => [{ from: 'file', param: 'encoder', path: encoder }],

  run: async (context) => {
    const rows = context.table('rows');
    const column = imageColumnOf(context.params.column, rows.columns)?.name ?? '';
    // The same bytes and steps give the same numbers, whatever the files are called.
    const images = sql`SELECT DISTINCT ON (hash, steps) *, count(*) OVER (PARTITION BY hash, steps) AS n FROM (SELECT ${imageFields(column)} FROM ${rows.ref} WHERE ${id(column)} IS NOT NULL) ORDER BY hash, steps, "name"`;
    const found = (await rows.query(sql`SELECT * FROM (${images}) ORDER BY "name", hash, steps`)).flatMap((row) => {
      const image = readImage(row);
      return image === undefined ? [] : [{ image, steps: row['steps'] ?? '', rows: Number(row['n']) }];
    });
    const encoder = await context.images.openEncoder(context.file('encoder'), context.threads);
    try {
      const { size, vectors } = await embed(context, encoder, found);
      const staged = await context.stage(
        [
          { name: 'hash', type: 'VARCHAR' },
          { name: 'steps', type: 'VARCHAR' },
          { name: 'numbers', type: 'FLOAT[]' },
        ],
        vectors,
      );
      const names = uniqueNames(
        Array.from({ length: size }, (_, i) => `${context.params.name}_${i + 1}`),
        rows.columns.map((c) => c.name),
      );
      const numbers = join(names.map((name, i) => sql`e.numbers[${i + 1}] AS ${id(name)}`));
      const image = sql`r.${id(column)}`;
      const marks = rows.schema.split ? hiddenColumns : [];
      const kept = join([...marks, ...rows.columns.map((c) => c.name)].map((name) => sql`r.${id(name)}`));
      const { rows: from, order } = inOrder(rows);
      await context.outputs.table(
        'rows',
        sql`SELECT ${kept}, ${numbers} FROM ${from} AS r LEFT JOIN ${staged} AS e ON ${image}.image = e.hash AND ${image}.steps = e.steps${order}`,
      );
      context.log(`${vectors.length.toLocaleString('en')} images, ${size} numbers each`);
    } finally {
      await encoder.close();
    }
  },
});

async function embed(
  { images: service, signal, progress, warn, params: { output, pool, failShare } }: Context,
  encoder: ImageEncoder,
  found: readonly { image: ImageValue; steps: SqlValue; rows: number }[],
): Promise<{ size: number; vectors: SqlValue[][] }> {
  const images = found.map(({ image }) => image);
  const failed = new Map<number, FailedRow>();
  const { size, values } = await encodeImages(
    { service, encoder, images },
    { output, pool, mostNumbers },
    {
      signal,
      progress,
      onFailed: (i, one) => failed.set(i, { ...one, rows: found[i]?.rows ?? 1 }),
    },
  );
  const rows = found.reduce((sum, one) => sum + one.rows, 0);
  const warning = judgeFailedRows({ failed: [...failed.values()], rows, after: afterFailed }, failShare);
  if (warning !== undefined) warn(warning);
  // Without a single image that can be read there is no number to give, whatever share may fail.
  const [unreadable] = failed.values();
  if (size === 0 && unreadable !== undefined) throw new FlowyardError({ severity: 'error', ...unreadable.problem });
  if (size === 0)
    throw fail('image.none', { message: 'There is no image in these rows.', mend: 'Look what the node before gives.' });
  const vectors = found.flatMap(({ image, steps }, i): SqlValue[][] =>
    failed.has(i) ? [] : [[image.hash, steps, `[${values.subarray(i * size, (i + 1) * size).join(',')}]`]],
  );
  return { size, vectors };
}
