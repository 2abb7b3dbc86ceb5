import { encoderPartFiles, encoderParts } from '../../../methods/encoder/encoder-folder.ts';
import { vectorText } from '../../../methods/functions/embed-text/function.ts';
import { inOrder, numberedNames } from '../../../methods/language/per-text.ts';
import { map, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { encoderEndings } from '../../../shared/media/text-service.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

export default map(spec, {
  sources: ({ encoder }) => [{ from: 'folder', param: 'encoder', path: encoder, endings: encoderEndings }],

  step: ({ column, name, as, pool, normalise, prefix, network }) => ({
    column,
    function: 'embed-text',
    settings: { pool, normalise, prefix, network },
    names: [name],
    list: as,
    files: { param: 'encoder', of: (folder) => encoderPartFiles(encoderParts(folder, network)) },
  }),

  // Over the function: it says what was cut, and how many were known.
  run: async (context) => {
    const { params, log } = context;
    const rows = context.table('rows');
    const text = sql`CAST(${id(params.column)} AS VARCHAR)`;
    const found = (
      await rows.query(
        sql`SELECT DISTINCT ${text} AS text FROM ${rows.ref} WHERE ${id(params.column)} IS NOT NULL ORDER BY text`,
      )
    ).map((row) => String(row['text']));
    if (found.length === 0)
      throw fail('text.none', {
        message: `There is no text in "${params.column}".`,
        mend: 'Look what the node before gives.',
        column: params.column,
      });
    const { size, values, cut, known } = await encodeAll(context, found);
    const staged = await context.stage(
      [
        { name: '__text', type: 'VARCHAR' },
        { name: '__numbers', type: 'FLOAT[]' },
      ],
      found.map((one, i) => [one, vectorText(values.subarray(i * size, (i + 1) * size))]),
    );
    const taken = rows.columns.map((c) => c.name);
    const made =
      params.as === 'vector'
        ? sql`CAST(e.__numbers AS ${raw(`FLOAT[${size}]`)}) AS ${id(uniqueNames([params.name], taken)[0] ?? params.name)}`
        : join(
            uniqueNames(numberedNames(params.name, size), taken).map(
              (name, i) => sql`e.__numbers[${i + 1}] AS ${id(name)}`,
            ),
          );
    const marks = rows.schema.split ? hiddenColumns : [];
    const kept = join([...marks, ...taken].map((name) => sql`r.${id(name)}`));
    const { rows: from, order } = inOrder(rows);
    await context.outputs.table(
      'rows',
      sql`SELECT ${kept}, ${made} FROM ${from} AS r LEFT JOIN ${staged} AS e ON CAST(r.${id(params.column)} AS VARCHAR) = e.__text${order}`,
    );
    log(
      `${found.length.toLocaleString('en')} different texts, ${size} numbers each; ${known.toLocaleString('en')} were known from before.`,
    );
    if (cut > 0)
      context.warn({
        code: 'encoder.cut',
        severity: 'warning',
        message: `${cut.toLocaleString('en')} of ${found.length.toLocaleString('en')} texts are longer than the encoder takes: their ends were not read.`,
        mend: 'Put Chunk texts before.',
        param: 'column',
      });
  },
});

async function encodeAll(context: Context, texts: readonly string[]) {
  const { params, signal, progress, threads } = context;
  const encoder = await context.texts.openEncoder(await context.folder('encoder'), { file: params.network, threads });
  try {
    return await encoder.encode(texts, {
      pool: params.pool,
      normalise: params.normalise,
      prefix: params.prefix,
      signal,
      progress: (done) =>
        progress(done / texts.length, `${done.toLocaleString('en')} of ${texts.length.toLocaleString('en')} texts`),
    });
  } finally {
    // Also what was encoded before a cancel is kept for the next run.
    await encoder.close();
  }
}
