import { append, largest } from '../../../shared/append.ts';
import { nothingMeasured } from '../../../methods/evaluation/nothing-measured.ts';
import {
  averagePrecision,
  hitAt,
  ndcgAt,
  precisionAt,
  recallAt,
  reciprocalRank,
  type Ranking,
} from '../../../methods/language/retrieval-metrics.ts';
import { bootstrapInterval } from '../../../methods/text/text-intervals.ts';
import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { Report } from '../../../shared/report.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, sql, type SqlValue } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
interface Question {
  name: string;
  wanted: string[];
  found: string[];
}
interface Figure {
  name: string;
  title: string;
  of: (ranking: Ranking) => number;
}

export default task(spec, {
  // Over 80 lines: one report, section by section.
  run: async (context) => {
    const { params, metric, warn, outputs } = context;
    const from = context.table(context.has('questions') ? 'questions' : 'rows');
    if ((await from.count()) === 0) {
      const { finding, report } = nothingMeasured('Retrieval', 'questions');
      warn(finding);
      return outputs.report('report', report);
    }
    const all = await readQuestions(context);
    const questions = all.filter((one) => one.wanted.length > 0);
    if (questions.length === 0)
      throw fail('evaluate.no-rows', {
        message: 'No question says what is relevant to it.',
        mend: 'Look at the column of what is relevant.',
        param: 'relevant',
      });
    if (!context.has('questions'))
      warn({
        code: 'evaluate.found-only',
        severity: 'warning',
        message: 'Questions for which nothing at all was found are not among these rows, and so are not counted.',
        mend: 'Wire all questions too.',
        port: 'questions',
      });
    const rankings = questions.map(({ wanted, found }): Ranking => ({
      gains: found.map((one) => (wanted.includes(one) ? 1 : 0)),
      all: wanted.map(() => 1),
    }));
    const measured = figuresOf(params.k).map(({ name, title, of }) => {
      const values = rankings.map((ranking) => [of(ranking), 1]);
      const mean = values.reduce((sum, [value = 0]) => sum + value, 0) / values.length;
      const interval =
        params.resamples === 0
          ? undefined
          : bootstrapInterval({ score: ([sum = 0, n = 0]) => sum / n }, values, {
              seed: params.seed,
              resamples: params.resamples,
            });
      const signature = `${name}|gain=binary|documents=distinct|agg=mean|n=${questions.length}|v1`;
      metric(name, mean, { signature });
      return { name, title, mean, interval, signature };
    });
    await outputs.report('report', {
      title: 'Retrieval',
      chips: [
        `${questions.length.toLocaleString('en')} questions`,
        ...(all.length > questions.length
          ? [`${all.length - questions.length} without anything relevant left out`]
          : []),
      ],
      blocks: [
        {
          type: 'metrics',
          items: measured.map(({ name, title, mean, signature }) => ({
            name,
            title,
            value: mean,
            better: 'higher',
            signature,
          })),
        },
        {
          type: 'table',
          title: 'How sure these are',
          columns: [
            { name: 'figure', title: 'Figure', align: 'left' },
            { name: 'value', title: 'Value', align: 'right' },
            { name: 'low', title: 'Low (95 %)', align: 'right' },
            { name: 'high', title: 'High', align: 'right' },
          ],
          rows: measured.map(({ title, mean, interval }) => [
            title,
            mean,
            interval?.low ?? null,
            interval?.high ?? null,
          ]),
        },
        depthChart(rankings, params.k),
        missedTable(questions, params.k),
      ],
    });
  },
});

const figuresOf = (k: number): Figure[] => [
  { name: `recall@${k}`, title: `Recall at ${k}`, of: (r) => recallAt(r, k) },
  { name: `hit@${k}`, title: `Hit rate at ${k}`, of: (r) => hitAt(r, k) },
  { name: `precision@${k}`, title: `Precision at ${k}`, of: (r) => precisionAt(r, k) },
  { name: 'mrr', title: 'Mean reciprocal rank', of: reciprocalRank },
  { name: `ndcg@${k}`, title: `nDCG at ${k}`, of: (r) => ndcgAt(r, k) },
  { name: 'map', title: 'Mean average precision', of: averagePrecision },
];

async function readQuestions(context: Context): Promise<Question[]> {
  const { params } = context;
  const rows = context.table('rows');
  const from = context.has('questions') ? context.table('questions') : rows;
  const questions = new Map<string, Question>();
  for (const { name, wanted } of await from.query(
    sql`SELECT CAST(${id(params.question)} AS VARCHAR) AS name, ${listText(from, params.relevant)} AS wanted FROM ${from.ref} WHERE ${id(params.question)} IS NOT NULL ORDER BY name, wanted`,
  )) {
    const one = questions.get(String(name)) ?? { name: String(name), wanted: [], found: [] };
    questions.set(one.name, one);
    append(
      one.wanted,
      namesOf(wanted).filter((value) => !one.wanted.includes(value)),
    );
  }
  for (const { name, found } of await rows.query(
    sql`SELECT CAST(${id(params.question)} AS VARCHAR) AS name, CAST(${id(params.found)} AS VARCHAR) AS found FROM ${rows.ref} WHERE ${id(params.question)} IS NOT NULL AND ${id(params.found)} IS NOT NULL ORDER BY name, ${id(params.rank)}, found`,
  )) {
    const one = questions.get(String(name));
    if (one !== undefined && !one.found.includes(String(found))) one.found.push(String(found));
  }
  return [...questions.values()];
}

/** One name as a list of one. */
function listText(table: TableInput, column: string) {
  const isList = table.columns.find((c) => c.name === column)?.type.endsWith('[]') === true;
  return isList
    ? sql`CAST(to_json(${id(column)}) AS VARCHAR)`
    : sql`CAST(to_json([CAST(${id(column)} AS VARCHAR)]) AS VARCHAR)`;
}

function namesOf(value: SqlValue | undefined): string[] {
  const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : [];
  return Array.isArray(parsed) ? parsed.filter((one) => one !== null).map(String) : [];
}

function depthChart(rankings: readonly Ranking[], k: number): Report['blocks'][number] {
  const depth = Math.max(k, Math.min(50, largest(rankings.map((r) => r.gains.length))));
  const ranks = Array.from({ length: depth }, (_, i) => i + 1);
  const recall = ranks.map(
    (rank) => rankings.reduce((sum, ranking) => sum + recallAt(ranking, rank), 0) / rankings.length,
  );
  return {
    type: 'chart',
    title: 'Recall by how many are taken',
    mark: 'line',
    x: { field: 'rank', title: 'Documents taken', scale: 'linear' },
    y: { field: 'recall', title: 'Recall', scale: 'linear', domain: [0, 1] },
    data: { rank: ranks, recall },
    caption: `With one document ${((recall[0] ?? 0) * 100).toFixed(0)} % of what is relevant is found, with ${depth} ${((recall.at(-1) ?? 0) * 100).toFixed(0)} %.`,
  };
}

function missedTable(questions: readonly Question[], k: number): Report['blocks'][number] {
  const missed = questions.filter(({ wanted, found }) => !found.slice(0, k).some((one) => wanted.includes(one)));
  return {
    type: 'table',
    title: `Questions without anything relevant among the first ${k}`,
    columns: [
      { name: 'question', title: 'Question', align: 'left' },
      { name: 'wanted', title: 'Should be found', align: 'left' },
      { name: 'found', title: 'Was found', align: 'left' },
    ],
    rows: missed.slice(0, 50).map(({ name, wanted, found }) => [name, wanted.join(', '), found.slice(0, k).join(', ')]),
    ...(missed.length > 50 ? { caption: `The first 50 of ${missed.length}.` } : {}),
  };
}
