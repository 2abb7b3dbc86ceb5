import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { imageFields, readImage, sayChannels, shapeAfter, type ImageValue } from '../../../shared/image.ts';
import type { ImageEncoder } from '../../../shared/image-service.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { imageColumnOf } from '../../../shared/spec/image-columns.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { id, join, raw, sql, type SqlValue } from '../../../shared/sql.ts';
import { hiddenColumns, rowColumn } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

const atOnce = 16;
/** More would be a picture, not an embedding, and a table that nobody can look at. */
const mostNumbers = 4096;

export default task(spec, {
  sources: ({ encoder }) => [{ from: 'file', param: 'encoder', path: encoder }],

  run: async (context) => {
    const rows = context.table('rows');
    const column = imageColumnOf(context.params.column, rows.columns)?.name ?? '';
    // The same bytes and steps give the same numbers, whatever the files are called.
    const images = sql`SELECT DISTINCT ON (hash, steps) * FROM (SELECT ${imageFields(column)} FROM ${rows.ref} WHERE ${id(column)} IS NOT NULL) ORDER BY hash, steps, "name"`;
    const found = (await rows.query(sql`SELECT * FROM (${images}) ORDER BY "name", hash, steps`)).map((row) => ({
      image: readImage(row),
      steps: row['steps'] ?? '',
    }));
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
      const order = rows.schema.split ? sql` ORDER BY r.${id(rowColumn)}` : raw('');
      await context.outputs.table(
        'rows',
        sql`SELECT ${kept}, ${numbers} FROM ${rows.ref} AS r LEFT JOIN ${staged} AS e ON ${image}.image = e.hash AND ${image}.steps = e.steps${order}`,
      );
      context.log(`${vectors.length.toLocaleString('en')} images, ${size} numbers each`);
    } finally {
      await encoder.close();
    }
  },
});

async function embed(
  context: Context,
  encoder: ImageEncoder,
  found: readonly { image: ImageValue | undefined; steps: SqlValue }[],
): Promise<{ size: number; vectors: SqlValue[][] }> {
  const { signal, progress, params } = context;
  const output = params.output === '' ? (encoder.outputs[0] ?? '') : params.output;
  if (!encoder.outputs.includes(output))
    throw fail('encoder.no-output', {
      message: `The encoder has no output "${output}".`,
      mend: `It has ${encoder.outputs.join(', ')}.`,
      param: 'output',
    });
  const vectors: SqlValue[][] = [];
  let size = 0;
  for (let from = 0; from < found.length; from += atOnce) {
    signal.throwIfAborted();
    progress(from / found.length, `${from.toLocaleString('en')} of ${found.length.toLocaleString('en')} images`);
    const part = found.slice(from, from + atOnce);
    const images = part.flatMap(({ image }) => image ?? []);
    for (const image of images) refuseUnfit(encoder, image);
    const made = await encoder.encode(await context.images.pixels(images, signal), { output, pool: params.pool });
    size = made.size;
    if (size > mostNumbers)
      throw fail('encoder.too-many', {
        message: `The output "${output}" gives ${size.toLocaleString('en')} numbers for each image; at most ${mostNumbers.toLocaleString('en')} are taken.`,
        mend: 'Choose an output further on in the network.',
        param: 'output',
      });
    images.forEach((image, i) => {
      const numbers = made.values.subarray(i * size, (i + 1) * size);
      vectors.push([image.hash, part[i]?.steps ?? '', `[${numbers.join(',')}]`]);
    });
  }
  if (size === 0)
    throw fail('image.none', { message: 'There is no image in these rows.', mend: 'Look what the node before gives.' });
  return { size, vectors };
}

function refuseUnfit({ takes }: ImageEncoder, image: ImageValue): void {
  const { channels, height, width } = shapeAfter(image);
  const wrongChannels = takes.channels !== null && takes.channels !== channels;
  const wrongSize =
    (takes.width !== null && takes.width !== width) || (takes.height !== null && takes.height !== height);
  if (!wrongChannels && !wrongSize) return;
  throw fail('encoder.shape', {
    message: wrongChannels
      ? `The encoder takes images with ${takes.channels ?? 'any'} channels; "${image.name}" is ${sayChannels(channels)}.`
      : `The encoder takes ${takes.width ?? 'any'} × ${takes.height ?? 'any'} pixels; "${image.name}" has ${width} × ${height}.`,
    mend: 'Put Prepare images before, with the size, channels and shades that the encoder was trained with.',
    facts: { image: image.name },
  });
}
