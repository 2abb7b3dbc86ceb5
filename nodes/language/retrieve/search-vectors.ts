/** The nearest passages by cosine: exact, or among many in the nearest clusters. */
import { append, lengthOf } from '../../../shared/append.ts';
import type { Hit } from '../../../methods/language/bm25.ts';
import { clusterVectors } from '../../../methods/language/cluster-vectors.ts';
import type { TableInput, TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, raw, sql, type Sql } from '../../../shared/sql.ts';
import type { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
type Numbered = (table: TableInput) => Sql;
interface Search {
  passages: number;
  questions: number;
  most: number;
}

/** Numbers of passages that are read at once: 256 MB. */
const numbersAtOnce = 64_000_000;
/** Pairs of a question and a passage that are compared in one query. */
const pairsAtOnce = 4_000_000;
/** Vectors that the clusters are learnt from, for each cluster. */
const learntFrom = 40;
/** Of all clusters, the share that is searched. */
const searchedShare = 1 / 12;

export async function searchVectors(
  context: Context,
  { passages, questions, most }: Search,
  numbered: Numbered,
): Promise<Hit[][]> {
  const { params } = context;
  const size = await sizeOf(context);
  const unit = (table: TableInput): Sql =>
    sql`(SELECT * FROM (SELECT __nth, CAST(${id(params.vector)} AS ${raw(`FLOAT[${size}]`)}) AS v FROM ${numbered(table)}) WHERE v IS NOT NULL AND array_inner_product(v, v) > 0)`;
  const [asked, searched] = [unit(context.table('questions')), unit(context.table('passages'))];
  if (passages <= params.exactUpTo) return exact(context, { passages, questions, most }, numbered, size);
  const clusters = await cluster(context, searched, size, passages);
  const found = await nearest(
    context,
    { questions, most, perQuestion: Math.ceil(passages * searchedShare) },
    (from, to) => clusters.near(sql`(SELECT * FROM ${asked} WHERE __nth >= ${from} AND __nth < ${to})`),
  );
  await reportRecall(
    context,
    found,
    { most, questions },
    (from, to) => sql`(SELECT * FROM ${asked} WHERE __nth >= ${from} AND __nth < ${to}) AS q, ${searched} AS p`,
  );
  return found;
}

/** All passages with all questions, so many passages in memory at a time. */
async function exact(
  context: Context,
  { passages, questions, most }: Search,
  numbered: Numbered,
  size: number,
): Promise<Hit[][]> {
  const { params, threads, signal, progress, texts } = context;
  const read = async (table: TableInput, from: number, to: number): Promise<Float32Array> => {
    const column = sql`CAST(${id(params.vector)} AS ${raw(`FLOAT[${size}]`)})`;
    const rows = sql`SELECT ${column} AS v FROM ${numbered(table)} WHERE __nth >= ${from} AND __nth < ${to} ORDER BY __nth`;
    return (await table.vectors(rows)).values;
  };
  const asked = await read(context.table('questions'), 0, questions);
  const found: Hit[][] = Array.from({ length: questions }, () => []);
  const step = Math.max(1, Math.floor(numbersAtOnce / size));
  for (let from = 0; from < passages; from += step) {
    progress(from / passages, `${from.toLocaleString('en')} of ${passages.toLocaleString('en')} passages`);
    const part = await read(context.table('passages'), from, Math.min(passages, from + step));
    const hits = await texts.nearest({ size, passages: part, questions: asked, most, threads, signal });
    for (const [q, list] of hits.entries())
      append(
        (found[q] ??= []),
        list.map(({ at, score }) => ({ at: from + at, score })),
      );
  }
  return found.map((list) => list.sort((a, b) => b.score - a.score || a.at - b.at).slice(0, most));
}

async function sizeOf(context: Context): Promise<number> {
  const { vector } = context.params;
  const sizes = [];
  for (const port of ['questions', 'passages']) {
    const table = context.table(port);
    if (!table.columns.some((c) => c.name === vector))
      throw fail('retrieve.no-vectors', {
        message: `The ${port} have no column "${vector}" of vectors.`,
        mend: 'Put Embed text before, with "one column of vectors".',
        param: 'vector',
      });
    const [row] = await table.query(
      sql`SELECT min(len(${id(vector)})) AS least, max(len(${id(vector)})) AS greatest FROM ${table.ref}`,
    );
    sizes.push(Number(row?.['least'] ?? 0), Number(row?.['greatest'] ?? 0));
  }
  const [size = 0] = sizes;
  if (size === 0 || sizes.some((one) => one !== size))
    throw fail('retrieve.sizes', {
      message: 'The vectors of questions and passages are not of one length.',
      mend: 'Embed both with the same encoder.',
      param: 'vector',
    });
  return size;
}

/** For each question its nearest passages; equal ones by their number. A vector of zeros is near nothing. */
async function nearest(
  context: Context,
  { questions, most, perQuestion }: { questions: number; most: number; perQuestion: number },
  pairs: (from: number, to: number) => Sql,
): Promise<Hit[][]> {
  const { signal, progress } = context;
  const step = Math.max(1, Math.floor(pairsAtOnce / Math.max(1, perQuestion)));
  const found: Hit[][] = Array.from({ length: questions }, () => []);
  for (let from = 0; from < questions; from += step) {
    signal.throwIfAborted();
    progress(from / questions, `${from.toLocaleString('en')} of ${questions.toLocaleString('en')} questions`);
    const rows = await context
      .table('questions')
      .query(
        sql`SELECT q, p, score FROM (SELECT q.__nth AS q, p.__nth AS p, array_cosine_similarity(q.v, p.v) AS score FROM ${pairs(from, from + step)}) WHERE score IS NOT NULL AND NOT isnan(score) QUALIFY row_number() OVER (PARTITION BY q ORDER BY score DESC, p) <= ${most} ORDER BY q, score DESC, p`,
      );
    for (const row of rows) found[Number(row['q'])]?.push({ at: Number(row['p']), score: Number(row['score']) });
  }
  return found;
}

/** Clusters of the passages: a table of passage and cluster, and the pairs of a question with the passages of its nearest clusters. */
async function cluster(
  context: Context,
  searched: Sql,
  size: number,
  passages: number,
): Promise<{ near: (questions: Sql) => Sql }> {
  const { signal, progress } = context;
  const count = Math.ceil(Math.sqrt(passages));
  progress(null, `${count} clusters of ${passages.toLocaleString('en')} passages`);
  const every = Math.max(1, Math.floor(passages / (count * learntFrom)));
  const sample = await context
    .table('passages')
    .query(sql`SELECT CAST(to_json(v) AS VARCHAR) AS v FROM ${searched} WHERE __nth % ${every} = 0 ORDER BY __nth`);
  const values = new Float32Array(sample.length * size);
  sample.forEach((row, i) => {
    const vector: unknown = JSON.parse(String(row['v']));
    const numbers = Array.isArray(vector) ? vector.map(Number) : [];
    const length = lengthOf(numbers) || 1;
    numbers.forEach((value, d) => (values[i * size + d] = value / length));
  });
  const middles = clusterVectors({ count: sample.length, size, values }, count, { signal });
  const type = `FLOAT[${size}]`;
  const staged = await context.stage(
    [
      { name: 'c', type: 'BIGINT' },
      { name: 'list', type: 'FLOAT[]' },
    ],
    Array.from({ length: middles.length / size }, (_, m) => [
      m,
      `[${middles.subarray(m * size, (m + 1) * size).join(',')}]`,
    ]),
  );
  const centres = sql`(SELECT c, CAST(list AS ${raw(type)}) AS m FROM ${staged})`;
  const placed = await context
    .table('passages')
    .query(
      sql`SELECT p.__nth AS p, arg_max(k.c, array_cosine_similarity(p.v, k.m)) AS c FROM ${searched} AS p, ${centres} AS k GROUP BY p.__nth`,
    );
  const places = await context.stage(
    [
      { name: 'p', type: 'BIGINT' },
      { name: 'c', type: 'BIGINT' },
    ],
    placed.map((row) => [Number(row['p']), Number(row['c'] ?? 0)]),
  );
  const filled = sql`(SELECT * FROM ${centres} WHERE c IN (SELECT c FROM ${places}))`;
  const looked = Math.max(1, Math.ceil((middles.length / size) * searchedShare));
  return {
    near: (questions) => {
      const chosen = sql`(SELECT a.__nth, a.v, k.c FROM ${questions} AS a, ${filled} AS k QUALIFY row_number() OVER (PARTITION BY a.__nth ORDER BY array_cosine_similarity(a.v, k.m) DESC, k.c) <= ${looked})`;
      return sql`${chosen} AS q JOIN ${places} AS l ON l.c = q.c JOIN ${searched} AS p ON p.__nth = l.p`;
    },
  };
}

/** What the clusters miss, by an exact search for a few of the questions. */
async function reportRecall(
  context: Context,
  found: readonly (readonly Hit[])[],
  { most, questions }: { most: number; questions: number },
  pairs: (from: number, to: number) => Sql,
): Promise<void> {
  const some = Math.min(questions, 20);
  const all = await nearest(
    { ...context, progress: () => undefined },
    { questions: some, most, perQuestion: context.params.exactUpTo },
    pairs,
  );
  const wanted = all.flatMap((list, q) => list.map(({ at }) => [q, at] as const));
  const hits = wanted.filter(([q, at]) => found[q]?.some((hit) => hit.at === at) === true).length;
  context.metric('recall_of_clusters', wanted.length === 0 ? null : hits / wanted.length, {
    signature: `recall|k=${most}|questions=${some}|v1`,
  });
  context.log(
    `Of what an exact search finds for ${some} questions, the clusters found ${((100 * hits) / Math.max(1, wanted.length)).toFixed(1)} %.`,
  );
}
