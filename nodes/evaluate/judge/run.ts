import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail, toProblem } from '../../../shared/errors.ts';
import { failuresBlocks, judgeFailedRows } from '../../../shared/run/failed-rows.ts';
import { isUnjudged, judgeMessages, judgeSchema, readVerdict } from '../../../shared/language/judge-prompt.ts';
import type { GenerateRequest, Generation } from '../../../shared/language/language-model.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, join, sql, type SqlValue } from '../../../shared/sql.ts';
import { failedAnswers } from '../../../methods/language/answers-report.ts';
import type { Answer } from '../../../methods/language/ask-many.ts';
import { askRows } from '../../../methods/language/ask-rows.ts';
import { labelAsVerdict, settle, swapped, type ItemVerdicts } from '../../../methods/language/judges/judge.ts';
import { judgeReport, type JudgedItem } from '../../../methods/language/judges/judge-report.ts';
import { withFound } from '../../../methods/language/per-text.ts';
import { judgeColumns, spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
interface Item {
  key: string;
  question: string;
  answer: string;
  other: string;
  reference: string;
  label: string | null;
}

export default task(spec, {
  run: async (context) => {
    const { params: p, table, outputs, metric, log } = context;
    const rows = table('rows');
    const items = await readItems(context);
    const input = context.llm('llm');
    const model = await input.open(p.concurrency);
    const requests = items.flatMap((item) => requestsOf(p, item));
    const answers = await askRows(context, { model, answers: input.answers, done: 'verdicts' }, requests);
    const each = p.repeats * (p.scale === 'pairwise' ? 2 : 1);
    const judged = items.map((item, i) => judge(p, item, answers.slice(i * each, (i + 1) * each)));
    const failed = failedAnswers(answers.map((answer) => withVerdict(p, answer)));
    const warning = judgeFailedRows(
      { failed, rows: answers.length, noun: { one: 'verdict', many: 'verdicts' } },
      p.failShare,
    );
    const columns = judgeColumns(p.output);
    const staged = await context.stage(
      [{ name: 'key', type: 'VARCHAR' }, ...columns],
      judged.map((one) => cellsOf(one)),
    );
    const on = sql`${keyOf(p, 'r.')} = a.key`;
    await outputs.table('rows', withFound(rows, { found: staged, columns, on }));
    if (answers.some((answer) => 'problem' in answer)) context.provisional();
    const { report, metrics } = judgeReport(model.value.name, p.scale, p.repeats, judged);
    await outputs.report('report', { ...report, blocks: [...report.blocks, ...failuresBlocks({ failed })] });
    for (const [name, { value, signature }] of Object.entries(metrics)) metric(name, value, { signature });
    log(`${judged.filter((one) => one.verdict !== null).length} of ${judged.length} different answers judged`);
    if (warning !== undefined) context.warn(warning);
  },
});

const usedColumns = (p: Params): string[] =>
  [p.question, p.answer, p.scale === 'pairwise' ? p.other : '', p.reference, p.label].filter((name) => name !== '');
const keyOf = (p: Params, prefix: '' | 'r.') =>
  sql`to_json([${join(usedColumns(p).map((name) => (prefix === '' ? sql`CAST(${id(name)} AS VARCHAR)` : sql`CAST(r.${id(name)} AS VARCHAR)`)))}])::VARCHAR`;

async function readItems({ params: p, table }: TaskContext<Params>): Promise<Item[]> {
  const rows = table('rows');
  const text = (name: string, as: string) =>
    name === '' ? sql`'' AS ${id(as)}` : sql`coalesce(CAST(${id(name)} AS VARCHAR), '') AS ${id(as)}`;
  const found = await rows.query(
    sql`SELECT DISTINCT ${keyOf(p, '')} AS key, ${text(p.question, 'question')}, ${text(p.answer, 'answer')}, ${text(p.scale === 'pairwise' ? p.other : '', 'other')},
      ${text(p.reference, 'reference')}, ${text(p.label, 'label')} FROM ${rows.ref} WHERE ${id(p.answer)} IS NOT NULL ORDER BY 1`,
  );
  return found.map((row) => ({
    key: String(row['key']),
    question: String(row['question']),
    answer: String(row['answer']),
    other: String(row['other']),
    reference: String(row['reference']),
    label: p.label === '' ? null : labelAsVerdict(String(row['label']), p.scale),
  }));
}

/** Of pairs, each repeat asks both orders, one after the other. */
function requestsOf(p: Params, { question, answer, other, reference }: Item): GenerateRequest[] {
  const schema = judgeSchema(p.scale);
  const ask = (answers: readonly string[], repeat: number): GenerateRequest => ({
    prompt: { messages: judgeMessages({ question, answers, reference }, p.rubric, p.scale) },
    sampling: { temperature: p.temperature, seed: 1000 + repeat, maxTokens: p.maxTokens },
    schema,
  });
  return Array.from({ length: p.repeats }, (_, repeat) =>
    p.scale === 'pairwise' ? [ask([answer, other], repeat), ask([other, answer], repeat)] : [ask([answer], repeat)],
  ).flat();
}

/** An answer that holds no verdict is none, but for a judge that says that it cannot judge. */
const withVerdict = (p: Params, answer: Answer): Answer =>
  'problem' in answer ||
  readVerdict(answer.generation.text, p.scale) !== undefined ||
  isUnjudged(answer.generation.text)
    ? answer
    : { attempts: answer.attempts, problem: toProblem(noVerdict(answer.generation.reason)) };
const noVerdict = (reason: Generation['reason']) =>
  fail('judge.no-verdict', {
    message:
      reason === 'length' ? 'The judge’s answer was cut before its verdict' : 'The judge’s answer holds no verdict',
    mend: reason === 'length' ? 'Allow a longer verdict.' : 'Take a model that keeps to a JSON Schema.',
    ...(reason === 'length' ? { param: 'maxTokens' } : {}),
  });

function judge(p: Params, item: Item, answers: readonly Answer[]): JudgedItem & { key: string } {
  const read = answers.map((answer) =>
    'problem' in answer ? undefined : readVerdict(answer.generation.text, p.scale),
  );
  const isPair = p.scale === 'pairwise';
  const verdicts = read.map((one, i) =>
    one === undefined ? null : isPair && i % 2 === 1 ? swapped(one.verdict) : one.verdict,
  );
  const orderAgreed = isPair
    ? Array.from({ length: p.repeats }, (_, i) => verdicts[2 * i] !== null && verdicts[2 * i] === verdicts[2 * i + 1])
    : undefined;
  const all: ItemVerdicts = { verdicts, ...(orderAgreed === undefined ? {} : { orderAgreed }) };
  const verdict = settle(all, p.scale);
  const said = verdicts.indexOf(verdict);
  return { ...all, key: item.key, verdict, label: item.label, reason: read[said]?.reason ?? '' };
}

function cellsOf({ key, verdict, reason, verdicts }: JudgedItem & { key: string }): SqlValue[] {
  const given = verdicts.filter((one) => one !== null);
  const agreed = given.length === 0 ? null : given.filter((one) => one === verdict).length / given.length;
  return [key, verdict, reason === '' ? null : reason, agreed, verdicts.length - given.length];
}
