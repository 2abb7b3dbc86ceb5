import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { answerMessages, countPassages, readCitations } from '../../../shared/language/citations.ts';
import { judgeFailedRows } from '../../../shared/run/failed-rows.ts';
import type { Report } from '../../../shared/report.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { samplingOf } from '../../../shared/kind/fields/language-fields.ts';
import { id, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import { answersReport, failedAnswers, summarise } from '../../../methods/language/answers-report.ts';
import type { Answer } from '../../../methods/language/ask-many.ts';
import { askRows } from '../../../methods/language/ask-rows.ts';
import { withFound } from '../../../methods/language/per-text.ts';
import { answerColumns, spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
interface Asked {
  question: string;
  context: string;
  sources: string[];
  /** How many passages there are to cite. */
  passages: number;
  /** That ask it. */
  rows: number;
}

export default task(spec, {
  run: async (context) => {
    const { params: p, table, outputs, metric, log } = context;
    const rows = table('rows');
    const asked = await readQuestions(context);
    const input = context.llm('llm');
    const model = await input.open(p.concurrency);
    // Without a passage a model could only make its answer up.
    const isAsked = ({ context: passages }: Asked): boolean => passages.trim() !== '';
    const requests = asked.filter(isAsked).map(({ question, context: passages }) => ({
      prompt: { messages: answerMessages(question, passages, p) },
      sampling: samplingOf(p),
    }));
    const given = await askRows(context, { model, answers: input.answers, done: 'answered' }, requests);
    let at = 0;
    const answers = asked
      .map((one) => (isAsked(one) ? given[at++] : unasked(p.notFound)))
      .filter((one) => one !== undefined);
    const failed = failedAnswers(
      answers,
      asked.map((one) => one.rows),
    );
    const warning = judgeFailedRows({ failed, rows: asked.reduce((sum, one) => sum + one.rows, 0) }, p.failShare);
    const columns = answerColumns(p.output);
    const cells = asked.map((one, i) => cellsOf(p, one, answers[i]));
    const staged = await context.stage(
      [
        { name: 'question', type: 'VARCHAR' },
        { name: 'context', type: 'VARCHAR' },
        { name: 'sources', type: 'VARCHAR' },
        ...columns,
      ],
      cells,
    );
    const on = sql`coalesce(CAST(r.${id(p.question)} AS VARCHAR), '') = a.question AND coalesce(CAST(r.${id(p.context)} AS VARCHAR), '') = a.context AND ${sourcesOf(p, 'r.')} = a.sources`;
    await outputs.table('rows', withFound(rows, { found: staged, columns, on }));
    if (answers.some((answer) => 'problem' in answer)) context.provisional();
    const summary = summarise(answers);
    const own = citationMetrics(cells);
    await outputs.report('report', withCitations(answersReport(model.value.name, summary, failed), own));
    for (const [name, value] of Object.entries({ ...summary.metrics, ...own })) metric(name, value);
    log(summary.words);
    if (warning !== undefined) context.warn(warning);
  },
});

const unasked = (text: string): Answer => ({
  generation: {
    text,
    reason: 'stop',
    toolCalls: [],
    promptTokens: 0,
    completionTokens: 0,
    firstTokenMs: 0,
    ms: 0,
    cost: 0,
  },
  remembered: false,
  attempts: 0,
});

const sourcesOf = (p: Params, prefix: '' | 'r.'): Sql => {
  if (p.sources === '') return sql`'[]'`;
  return prefix === ''
    ? sql`coalesce(CAST(to_json(${id(p.sources)}) AS VARCHAR), '[]')`
    : sql`coalesce(CAST(to_json(r.${id(p.sources)}) AS VARCHAR), '[]')`;
};

async function readQuestions({ params: p, table }: TaskContext<Params>): Promise<(Asked & { json: string })[]> {
  const rows = table('rows');
  const text = (name: string): Sql => sql`coalesce(CAST(${id(name)} AS VARCHAR), '')`;
  const found = await rows.query(
    sql`SELECT ${text(p.question)} AS question, ${text(p.context)} AS context, ${sourcesOf(p, '')} AS sources, count(*) AS n FROM ${rows.ref}
      WHERE ${id(p.question)} IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  return found.map((row) => {
    const json = String(row['sources']);
    const parsed: unknown = JSON.parse(json);
    const passages = String(row['context']);
    return {
      question: String(row['question']),
      context: passages,
      json,
      rows: Number(row['n']),
      sources: [parsed].flat().map(String),
      // A passage may have a numbered list of its own.
      passages: Array.isArray(parsed) && parsed.length > 0 ? parsed.length : countPassages(passages),
    };
  });
}

function cellsOf(
  p: Params,
  { question, context, sources, passages, json }: Asked & { json: string },
  answer: Answer | undefined,
): SqlValue[] {
  const head = [question, context, json];
  if (answer === undefined || 'problem' in answer)
    return [...head, null, null, null, null, null, answer?.problem.message ?? null];
  const { text } = answer.generation;
  const { cited, unknown } = readCitations(text, passages);
  const isFound = p.notFound.trim() === '' || !text.includes(p.notFound.trim());
  return [
    ...head,
    text,
    JSON.stringify(cited.map((n) => sources[n - 1] ?? String(n))),
    cited.length,
    unknown,
    isFound,
    null,
  ];
}

function citationMetrics(cells: readonly (readonly SqlValue[])[]): Record<string, number | null> {
  const answered = cells.filter((row) => row[3] !== null);
  const found = answered.filter((row) => row[7] === true);
  return {
    found: answered.length === 0 ? null : found.length / answered.length,
    cited: found.length === 0 ? null : found.filter((row) => Number(row[5]) > 0).length / found.length,
    false_citations: answered.reduce((sum, row) => sum + Number(row[6]), 0),
  };
}

const withCitations = (report: Report, own: Record<string, number | null>): Report => ({
  ...report,
  blocks: [
    {
      type: 'metrics',
      items: [
        { name: 'found', title: 'Answered from the passages', value: own['found'] ?? null, better: 'higher' },
        { name: 'cited', title: 'of these with a citation', value: own['cited'] ?? null, better: 'higher' },
        {
          name: 'false_citations',
          title: 'Citations of nothing',
          value: own['false_citations'] ?? null,
          better: 'lower',
        },
      ],
    },
    ...report.blocks,
  ],
});
