import { task, type Row } from '../../../shared/capabilities.ts';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { failuresBlocks, judgeFailedRows } from '../../../shared/run/failed-rows.ts';
import type { LanguageModel } from '../../../shared/language/language-model.ts';
import type { Report } from '../../../shared/report.ts';
import { pickColumns } from '../../../shared/spec/columns.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { columnsInTemplate, fillTemplate } from '../../../shared/spec/prompt-template.ts';
import { id, join, sql, type SqlValue } from '../../../shared/sql.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { wilsonInterval } from '../../../methods/language/judges/agreement.ts';
import { chooseByProbability, rightChoice } from '../../../methods/language/multiple-choice.ts';
import { inOrder } from '../../../methods/language/per-text.ts';
import { choiceColumns, spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
interface Asked {
  key: string;
  chosen: ReturnType<typeof chooseByProbability> | null;
  right: number | null;
  problem: Problem | null;
  /** That ask it. */
  rows: number;
}

export default task(spec, {
  run: async (context) => {
    const { params: p, table, outputs, metric, log, signal, progress } = context;
    const rows = table('rows');
    const model = await context.llm('llm').open();
    const choices = pickColumns(p.choices, rows.columns).map((c) => c.name);
    const used = usedColumns(p, choices);
    const key = sql`to_json([${join(used.map((name) => sql`CAST(${id(name)} AS VARCHAR)`))}])::VARCHAR`;
    const cells = used.map((name, i) => sql`CAST(${id(name)} AS VARCHAR) AS ${id(`c${i}`)}`);
    const found = await rows.query(
      sql`SELECT ${key} AS key, ${join(cells)}, count(*) AS n FROM ${rows.ref} GROUP BY ALL ORDER BY 1`,
    );
    const asked: Asked[] = [];
    for (const row of found) {
      asked.push(await askRow(p, row, used, choices, model, signal));
      progress(asked.length / found.length, `${asked.length} of ${found.length} questions`);
    }
    const failed = asked.flatMap(({ problem, rows: n }) => (problem === null ? [] : [{ problem, rows: n }]));
    const all = asked.reduce((sum, one) => sum + one.rows, 0);
    const warning = judgeFailedRows({ failed, rows: all }, p.failShare);
    const columns = choiceColumns(p.output);
    const staged = await context.stage(
      [{ name: 'key', type: 'VARCHAR' }, ...columns],
      asked.map((one) => cellsOf(one, choices)),
    );
    const hidden = rows.schema.split ? hiddenColumns : [];
    const shown = [...hidden, ...rows.columns.map((c) => c.name)].map((name) => sql`r.${id(name)}`);
    const ofRow = sql`to_json([${join(used.map((name) => sql`CAST(r.${id(name)} AS VARCHAR)`))}])::VARCHAR`;
    const { rows: from, order } = inOrder(rows);
    await outputs.table(
      'rows',
      sql`SELECT ${join(shown)}, ${join(columns.map((c) => sql`a.${id(c.name)}`))} FROM ${from} r LEFT JOIN ${staged} a ON ${ofRow} = a.key${order}`,
    );
    if (warning !== undefined) {
      context.provisional();
      context.warn(warning);
    }
    const { report, metrics } = measure(model.value.name, asked, choices.length);
    await outputs.report('report', { ...report, blocks: [...report.blocks, ...failuresBlocks({ failed })] });
    for (const [name, { value, signature }] of Object.entries(metrics)) metric(name, value, { signature });
    log(`${asked.filter((one) => one.chosen !== null).length} of ${asked.length} different questions asked`);
  },
});

const usedColumns = (p: Params, choices: readonly string[]): string[] => [
  ...new Set([
    p.question,
    ...columnsInTemplate(p.template).filter((name) => name !== 'question'),
    ...choices,
    ...(p.answer === '' ? [] : [p.answer]),
  ]),
];

async function askRow(
  p: Params,
  row: Row,
  used: readonly string[],
  choices: readonly string[],
  model: LanguageModel,
  signal: AbortSignal,
): Promise<Asked> {
  const values = new Map(used.map((name, i) => [name, row[`c${i}`] ?? null]));
  const text = (name: string): string => String(values.get(name) ?? '');
  const texts = choices.map((name) => (values.get(name) === null ? null : text(name)));
  const right = p.answer === '' || values.get(p.answer) === null ? null : rightChoice(text(p.answer), choices, texts);
  const [key, rows] = [String(row['key']), Number(row['n'])];
  const context = fillTemplate(p.template, {
    ...Object.fromEntries(used.map((name) => [name, text(name)])),
    question: text(p.question),
  });
  try {
    const scored: { logProbability: number; bytes: number }[] = [];
    for (const choice of texts) {
      const tokens = choice === null ? [] : await model.score({ context, text: ` ${choice}` }, { signal });
      const logProbability =
        choice === null ? Number.NEGATIVE_INFINITY : tokens.reduce((sum, token) => sum + token.logProbability, 0);
      scored.push({ logProbability, bytes: new TextEncoder().encode(choice ?? '').length });
    }
    return { key, right, chosen: chooseByProbability(scored), problem: null, rows };
  } catch (thrown) {
    signal.throwIfAborted();
    const problem = toProblem(thrown);
    if (problem.code === 'language.not-at-endpoint') throw thrown;
    return { key, right, chosen: null, problem, rows };
  }
}

function cellsOf({ key, chosen, right, problem }: Asked, choices: readonly string[]): SqlValue[] {
  if (chosen === null) return [key, null, null, null, null, problem?.message ?? null];
  const correct = right === null ? null : chosen.best === right;
  return [key, choices[chosen.best] ?? null, choices[chosen.bestByLength] ?? null, chosen.margin, correct, null];
}

function measure(
  model: string,
  asked: readonly Asked[],
  choices: number,
): { report: Report; metrics: Record<string, { value: number | null; signature: string }> } {
  const judged = asked.flatMap(({ chosen, right }) => (chosen === null || right === null ? [] : [{ chosen, right }]));
  const hits = judged.filter(({ chosen, right }) => chosen.best === right).length;
  const byLength = judged.filter(({ chosen, right }) => chosen.bestByLength === right).length;
  const n = judged.length;
  const share = (count: number): number | null => (n === 0 ? null : count / n);
  const metrics = {
    accuracy: { value: share(hits), signature: `choice_accuracy|by=log_likelihood|choices=${choices}|n=${n}` },
    accuracy_by_length: {
      value: share(byLength),
      signature: `choice_accuracy|by=log_likelihood_per_byte|choices=${choices}|n=${n}`,
    },
    chance: { value: choices === 0 ? null : 1 / choices, signature: `chance|choices=${choices}` },
  };
  const say = (count: number): string => {
    const interval = wilsonInterval(count, n);
    return interval === null
      ? ''
      : `95 % interval ${(100 * interval.low).toFixed(1)} to ${(100 * interval.high).toFixed(1)} % (Wilson)`;
  };
  const failed = asked.filter((one) => one.problem !== null).length;
  return {
    metrics,
    report: {
      title: `${model} on multiple choice`,
      chips: [`${n} questions with a right answer`, ...(failed > 0 ? [`${failed} failed, not counted`] : [])],
      blocks: [
        {
          type: 'metrics',
          items: [
            {
              name: 'accuracy',
              title: 'Right',
              value: metrics.accuracy.value,
              better: 'higher',
              help: say(hits),
              signature: metrics.accuracy.signature,
            },
            {
              name: 'accuracy_by_length',
              title: 'Right, by length',
              value: metrics.accuracy_by_length.value,
              better: 'higher',
              help: say(byLength),
              signature: metrics.accuracy_by_length.signature,
            },
            { name: 'chance', title: 'By chance', value: metrics.chance.value },
          ],
        },
        {
          type: 'text',
          tone: 'note',
          text: `Right: ${say(hits) || 'nothing was measured'}. By length: ${say(byLength) || 'nothing was measured'}.`,
        },
      ],
    },
  };
}
