import * as z from 'zod';
import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import { fail, toProblem } from '../../../shared/errors.ts';
import { judgeFailedRows } from '../../../shared/run/failed-rows.ts';
import { toolSpec, type GenerateRequest, type ToolSpec } from '../../../shared/language/language-model.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { samplingOf } from '../../../shared/kind/fields/language-fields.ts';
import { id, ids, join, raw, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import { hiddenColumns, typeFamily, type Column } from '../../../shared/wires.ts';
import { columnsOfFields, readFields, schemaOf } from '../../../shared/language/answer-form.ts';
import type { Answer } from '../../../methods/language/ask-many.ts';
import { askRows } from '../../../methods/language/ask-rows.ts';
import { findJsonFault } from '../../../shared/json/check-json.ts';
import { answersReport, failedAnswers, summarise } from '../../../methods/language/answers-report.ts';
import { readPrompt } from '../../../methods/language/read-prompt.ts';
import { selfConsistency } from '../../../methods/language/judges/self-consistency.ts';
import { inOrder } from '../../../methods/language/per-text.ts';
import { factColumns, spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
interface Question {
  prompt: string;
  sample: number;
  /** That have this prompt. */
  rows: number;
}

export default task(spec, {
  run: async (context) => {
    const { params: p, table, llm, outputs, metric, log } = context;
    const rows = table('rows');
    const questions = await distinctQuestions(context);
    const input = llm('llm');
    const schema = schemaOf(p.fields, p.schema);
    const tools = readTools(p.tools);
    const asked = questions.map((question) => requestOf(p, question, isChatLog(rows, p), schema, tools));
    const model = await input.open(p.concurrency);
    const whole = asked.flatMap((request) => ('problem' in request ? [] : [request.request]));
    const answered = await askRows(context, { model, answers: input.answers, done: 'answered' }, whole);
    let at = 0;
    const answers = asked.map((request): Answer => ('problem' in request ? request : (answered[at++] ?? lost)));
    const kept = answers.map((answer) => (schema === undefined ? answer : keepForm(answer, schema)));
    const weights = questions.map((question) => question.rows);
    const failed = failedAnswers(kept, weights);
    const warning = judgeFailedRows({ failed, rows: sum(weights) }, p.failShare);
    const staged = await context.stage(
      answerColumns(p),
      kept.map((answer, i) => cellsOf(p, questions[i], answer)),
    );
    await outputs.table('rows', joined(p, rows, staged));
    if (kept.some((answer) => 'problem' in answer)) context.provisional();
    const summary = summarise(kept);
    if (p.samples > 1) summary.metrics['self_consistency'] = consistencyOf(questions, kept);
    await outputs.report('report', answersReport(model.value.name, summary, failed));
    for (const [name, value] of Object.entries(summary.metrics)) metric(name, value);
    log(summary.words);
    if (warning !== undefined) context.warn(warning);
  },
});

/** A list of structures, as *JSON file* reads chat logs. */
const isChatLog = (table: TableInput, p: Params): boolean =>
  typeFamily(table.columns.find((c) => c.name === p.prompt)?.type ?? 'VARCHAR') === 'other';
const promptOf = (table: TableInput, p: Params, prefix: '' | 'r.' = ''): Sql => {
  const column = sql`${raw(prefix)}${id(p.prompt)}`;
  return isChatLog(table, p) ? sql`CAST(to_json(${column}) AS VARCHAR)` : sql`CAST(${column} AS VARCHAR)`;
};

const consistencyOf = (questions: readonly Question[], answers: readonly Answer[]): number | null =>
  selfConsistency(
    questions.map(({ prompt }, i) => {
      const answer = answers[i];
      return { question: prompt, answer: answer === undefined || 'problem' in answer ? null : answer.generation.text };
    }),
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
const lost: Answer = { problem: toProblem(new Error('an answer was lost')), attempts: 0 };

/** Equal prompts are asked once; a missing one is no question. In an order of its own, so that the report is the same each time. */
async function distinctQuestions({ params: p, table }: TaskContext<Params>): Promise<Question[]> {
  const rows = table('rows');
  const column = id(p.prompt);
  const found = await rows.query(
    sql`SELECT ${promptOf(rows, p)} AS prompt, count(*) AS n FROM ${rows.ref} WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 1`,
  );
  return found.flatMap(({ prompt, n }) =>
    Array.from({ length: p.samples }, (_, sample) => ({ prompt: String(prompt), sample, rows: Number(n) })),
  );
}

function requestOf(
  p: Params,
  { prompt, sample }: Question,
  isLog: boolean,
  schema: unknown,
  tools: readonly ToolSpec[],
): { request: GenerateRequest } | Extract<Answer, { problem: unknown }> {
  try {
    const sampling = { ...samplingOf(p), seed: p.seed + sample };
    return {
      request: {
        prompt: readPrompt(prompt, p.how, isLog),
        sampling,
        ...(schema === undefined ? {} : { schema }),
        ...(tools.length === 0 ? {} : { tools }),
      },
    };
  } catch (thrown) {
    return { problem: toProblem(thrown), attempts: 0 };
  }
}

function readTools(text: string): ToolSpec[] {
  if (text.trim() === '') return [];
  const parsed = z.array(toolSpec).safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw fail('language.bad-tools', {
    message: 'The list of tools has another form: each needs a name, and may have a description and parameters.',
    mend: 'Write [{"name": "weather", "description": "…", "parameters": {…}}].',
    param: 'tools',
  });
}

/** An answer that breaks its form is a failure: a grammar keeps it here, an endpoint may not, and a limit of tokens may cut it. */
function keepForm(answer: Answer, schema: unknown): Answer {
  if ('problem' in answer || answer.generation.reason === 'tools') return answer;
  const fault = faultOf(answer.generation.text, schema);
  if (fault === undefined) return answer;
  const cut = answer.generation.reason === 'length';
  return {
    attempts: answer.attempts,
    problem: toProblem(
      fail('language.broken-form', {
        message: cut ? 'The answer was cut before its form was whole.' : `The answer does not keep its form: ${fault}.`,
        mend: cut ? 'Allow a longer answer.' : 'Try again, or simplify the form.',
      }),
    ),
  };
}
function faultOf(text: string, schema: unknown): string | undefined {
  try {
    return findJsonFault(JSON.parse(text), schema);
  } catch {
    return 'it is no JSON';
  }
}

const answerColumns = (p: Params): Column[] => [
  { name: 'prompt', type: 'VARCHAR' },
  { name: `${p.output}_sample`, type: 'INTEGER' },
  { name: p.output, type: 'VARCHAR' },
  ...columnsOfFields(p.fields),
  { name: `${p.output}_calls`, type: 'VARCHAR' },
  ...factColumns(p.output),
];

function cellsOf(p: Params, question: Question | undefined, answer: Answer): SqlValue[] {
  const head = [question?.prompt ?? null, (question?.sample ?? 0) + 1];
  if ('problem' in answer)
    return [
      ...head,
      null,
      ...p.fields.map(() => null),
      null,
      answer.problem.message,
      null,
      null,
      null,
      null,
      null,
      null,
    ];
  const { generation: g, remembered } = answer;
  const values =
    p.fields.length === 0 || g.reason === 'tools' ? p.fields.map(() => null) : readFields(JSON.parse(g.text), p.fields);
  const calls =
    g.toolCalls.length === 0
      ? null
      : JSON.stringify(g.toolCalls.map(({ name, arguments: given }) => ({ name, arguments: given })));
  return [
    ...head,
    g.text,
    ...values,
    calls,
    null,
    g.reason,
    g.promptTokens,
    g.completionTokens,
    g.ms,
    g.cost,
    remembered,
  ];
}

/** The rows with their answers, by the prompt. */
function joined(p: Params, table: TableInput, staged: Sql): Sql {
  const left = p.samples === 1 ? [`${p.output}_sample`] : [];
  const noCalls = p.tools.trim() === '' ? [`${p.output}_calls`] : [];
  const shown = answerColumns(p)
    .map((c) => c.name)
    .slice(1)
    .filter((name) => !left.includes(name) && !noCalls.includes(name));
  const own = [...(table.schema.split ? hiddenColumns : []), ...table.columns.map((c) => c.name)];
  const { rows, order } = inOrder(table);
  return sql`SELECT ${join(own.map((name) => sql`r.${id(name)}`))}, ${join(shown.map((name) => sql`a.${id(name)}`))}
    FROM ${rows} r LEFT JOIN ${staged} a ON ${promptOf(table, p, 'r.')} = a.${ids(['prompt'])}${order}, a.${id(`${p.output}_sample`)}`;
}
