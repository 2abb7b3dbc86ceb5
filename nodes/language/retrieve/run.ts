import { fuseRanks, indexBm25, type Hit } from '../../../methods/language/bm25.ts';
import { asText, chosenText } from '../../../methods/language/per-text.ts';
import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import { id, join, raw, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import { partitionColumn, rowColumn } from '../../../shared/wires.ts';
import { contextColumns, hitColumns, spec } from './spec.ts';
import { searchVectors } from './search-vectors.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

/** More are looked at for the fusion than are given: a passage may be late in one list and early in the other. */
const fusedFrom = 50;

export default task(spec, {
  run: async (context) => {
    const { params, log } = context;
    const [questions, passages] = [context.table('questions'), context.table('passages')];
    const [question, passage] = [
      chosenText(questions, params.question, 'question'),
      chosenText(passages, params.passage, 'passage'),
    ];
    const asked = await textsOf(questions, question);
    const texts = await textsOf(passages, passage);
    if (texts.length === 0)
      throw fail('retrieve.no-passages', {
        message: 'There is no passage to search.',
        mend: 'Look what the node before gives.',
        port: 'passages',
      });
    const found = await search(context, asked, texts);
    const hits = found.flatMap((list, q) => list.map(({ at, score }, i): SqlValue[] => [q, at, i + 1, score]));
    const staged = await context.stage(
      ['__q', '__p', '__rank', '__score'].map((name) => ({ name, type: name === '__score' ? 'DOUBLE' : 'BIGINT' })),
      hits,
    );
    await context.outputs.table(
      'rows',
      params.give === 'contexts'
        ? contextRows(context, questions, passages, passage, staged)
        : hitRows(questions, passages, staged),
    );
    const without = found.filter((list) => list.length === 0).length;
    log(
      `${texts.length.toLocaleString('en')} passages searched for ${asked.length.toLocaleString('en')} questions${without === 0 ? '' : `; ${without.toLocaleString('en')} found nothing`}.`,
    );
  },
});

/** In the table's order, a missing text as an empty one. */
async function textsOf(table: TableInput, column: string): Promise<string[]> {
  const rows = await table.query(
    sql`SELECT coalesce(${asText(column)}, '') AS text FROM ${numbered(table)} ORDER BY __nth`,
  );
  return rows.map((row) => String(row['text']));
}

const numbered = (table: TableInput): Sql =>
  sql`(SELECT *, row_number() OVER (${table.schema.split ? sql`ORDER BY ${id(rowColumn)}` : raw('')}) - 1 AS __nth FROM ${table.ref})`;

async function search(context: Context, asked: readonly string[], texts: readonly string[]): Promise<Hit[][]> {
  const { params, signal, progress } = context;
  const most = params.method === 'both' ? Math.max(params.most, fusedFrom) : params.most;
  const byWords =
    params.method === 'vectors' ? undefined : indexBm25(texts, { k1: params.k1, b: params.b, stem: params.stem });
  const words = asked.map((question, i) => {
    if (i % 50 === 0) signal.throwIfAborted();
    return byWords?.search(question, most) ?? [];
  });
  if (params.method === 'words') return words;
  progress(null, 'by meaning');
  const vectors = await searchVectors(context, { passages: texts.length, questions: asked.length, most }, numbered);
  return params.method === 'vectors'
    ? vectors
    : words.map((list, q) => fuseRanks([list, vectors[q] ?? []], params.most));
}

/** One row a found passage: the question's columns, rank and score, then the passage's columns. */
function hitRows(questions: TableInput, passages: TableInput, staged: Sql): Sql {
  const own = questions.columns.map((c) => c.name);
  const marks = questions.schema.split
    ? [sql`row_number() OVER (ORDER BY q.__nth, h.__rank) - 1 AS ${id(rowColumn)}`, sql`q.${id(partitionColumn)}`]
    : [];
  const added = [...hitColumns.map((c) => c.name), ...passages.columns.map((c) => c.name)];
  const names = uniqueNames(added, own);
  const values = [sql`h.__rank`, sql`h.__score`, ...passages.columns.map((c) => sql`p.${id(c.name)}`)];
  const list = join([
    ...marks,
    ...own.map((name) => sql`q.${id(name)}`),
    ...values.map((value, i) => sql`${value} AS ${id(names[i] ?? '')}`),
  ]);
  return sql`SELECT ${list} FROM ${staged} AS h JOIN ${numbered(questions)} AS q ON q.__nth = h.__q JOIN ${numbered(passages)} AS p ON p.__nth = h.__p ORDER BY q.__nth, h.__rank`;
}

/** Every question with its passages as one text, numbered for citations: `[1] (source) …`. */
function contextRows(
  { params }: Context,
  questions: TableInput,
  passages: TableInput,
  passage: string,
  staged: Sql,
): Sql {
  const own = questions.columns.map((c) => c.name);
  const marks = questions.schema.split ? [rowColumn, partitionColumn] : [];
  const [context = '', sources = ''] = uniqueNames(
    contextColumns.map((c) => c.name),
    own,
  );
  const source =
    params.source === '' ? raw("''") : sql`'(' || coalesce(CAST(p.${id(params.source)} AS VARCHAR), '') || ') '`;
  const line = sql`'[' || h.__rank || '] ' || ${source} || coalesce(CAST(p.${id(passage)} AS VARCHAR), '')`;
  const named =
    params.source === '' ? raw('NULL') : sql`list(CAST(p.${id(params.source)} AS VARCHAR) ORDER BY h.__rank)`;
  const joined = sql`SELECT h.__q, string_agg(${line}, chr(10) || chr(10) ORDER BY h.__rank) AS __context, CAST(${named} AS VARCHAR[]) AS __sources FROM ${staged} AS h JOIN ${numbered(passages)} AS p ON p.__nth = h.__p GROUP BY h.__q`;
  return sql`SELECT ${join([...marks, ...own].map((name) => sql`q.${id(name)}`))}, coalesce(c.__context, '') AS ${id(context)}, coalesce(c.__sources, []) AS ${id(sources)} FROM ${numbered(questions)} AS q LEFT JOIN (${joined}) AS c ON c.__q = q.__nth ORDER BY q.__nth`;
}
