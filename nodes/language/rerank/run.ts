import { asText } from '../../../methods/language/per-text.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { encoderEndings, type SentenceEncoder } from '../../../shared/media/text-service.ts';
import { hiddenColumns, rowColumn } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
type Pair = readonly [question: string, passage: string];

export default task(spec, {
  sources: ({ encoder }) => [{ from: 'folder', param: 'encoder', path: encoder, endings: encoderEndings }],

  run: async (context) => {
    const { params, threads } = context;
    const table = context.table('rows');
    const [question, passage] = [asText(params.question), asText(params.passage)];
    const rows = await table.query(
      sql`SELECT DISTINCT ${question} AS q, ${passage} AS p FROM ${table.ref} WHERE ${id(params.question)} IS NOT NULL AND ${id(params.passage)} IS NOT NULL ORDER BY q, p`,
    );
    const pairs = rows.map((row): Pair => [String(row['q']), String(row['p'])]);
    const encoder = await context.texts.openEncoder(await context.folder('encoder'), { file: params.network, threads });
    const scores = await scoreAndClose(context, encoder, pairs);
    const staged = await context.stage(
      [
        { name: '__q', type: 'VARCHAR' },
        { name: '__p', type: 'VARCHAR' },
        { name: '__score', type: 'DOUBLE' },
      ],
      pairs.map(([q, p], i) => [q, p, scores[i] ?? 0]),
    );
    const own = table.columns.map((c) => c.name);
    const [score = ''] = uniqueNames(['rerank_score'], own);
    const by = sql`PARTITION BY r.${id(params.question)} ORDER BY`;
    const judged = sql`SELECT r.*, s.__score, row_number() OVER (${by} s.__score DESC NULLS LAST, r.${id(params.rank)}) AS __new FROM ${table.ref} AS r LEFT JOIN ${staged} AS s ON CAST(r.${id(params.question)} AS VARCHAR) = s.__q AND CAST(r.${id(params.passage)} AS VARCHAR) = s.__p`;
    const order = params.fuse
      ? sql`1.0 / (60 + r.${id(params.rank)}) + 1.0 / (60 + r.__new) DESC, r.__new`
      : raw('r.__new');
    const marks = table.schema.split ? hiddenColumns : [];
    const kept = [...marks, ...own].map((name) =>
      name === params.rank ? sql`CAST(__final AS BIGINT) AS ${id(name)}` : id(name),
    );
    const end = table.schema.split ? sql`${id(rowColumn)}` : sql`${id(params.question)}, __final`;
    await context.outputs.table(
      'rows',
      sql`SELECT ${join(kept)}, __score AS ${id(score)} FROM (SELECT r.*, row_number() OVER (${by} ${order}) AS __final FROM (${judged}) AS r) WHERE __final <= ${params.most} ORDER BY ${end}`,
    );
  },
});

async function scoreAndClose(
  context: Context,
  encoder: SentenceEncoder,
  pairs: readonly Pair[],
): Promise<Float64Array> {
  try {
    return await scoreAll(context, encoder, pairs);
  } finally {
    await encoder.close();
  }
}

async function scoreAll(
  { params, signal, progress }: Context,
  encoder: SentenceEncoder,
  pairs: readonly Pair[],
): Promise<Float64Array> {
  const watch = {
    signal,
    progress: (done: number) =>
      progress(done / pairs.length, `${done.toLocaleString('en')} of ${pairs.length.toLocaleString('en')} pairs`),
  };
  if (params.by === 'cross') return encoder.scorePairs(pairs, watch);
  const options = { pool: 'auto', normalise: true, signal } as const;
  const { size, values: questions } = await encoder.encode(
    pairs.map(([q]) => q),
    options,
  );
  const { values: passages } = await encoder.encode(
    pairs.map(([, p]) => p),
    options,
  );
  return Float64Array.from(pairs, (_, i) => {
    let cosine = 0;
    for (let d = 0; d < size; d++) cosine += (questions[i * size + d] ?? 0) * (passages[i * size + d] ?? 0);
    return cosine;
  });
}
