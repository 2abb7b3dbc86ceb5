import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { failuresBlocks, judgeFailedRows } from '../../../shared/run/failed-rows.ts';
import type { LanguageModel, ScoredToken } from '../../../shared/language/language-model.ts';
import type { Report } from '../../../shared/report.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, join, sql, type SqlValue } from '../../../shared/sql.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { addScores, bitsPerByte, perplexity, scoreOf, type TextScore } from '../../../methods/language/perplexity.ts';
import { inOrder } from '../../../methods/language/per-text.ts';
import { scoreColumns, spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
interface Scored {
  context: string;
  text: string;
  tokens: ScoredToken[];
  score: TextScore | null;
  problem: Problem | null;
  /** That have it. */
  rows: number;
}

export default task(spec, {
  run: async (context) => {
    const { params: p, table, outputs, metric, log } = context;
    const rows = table('rows');
    const model = await context.llm('llm').open();
    const scored = await scoreAll(context, model);
    const failed = scored.flatMap(({ problem, rows: n }) => (problem === null ? [] : [{ problem, rows: n }]));
    const all = scored.reduce((sum, one) => sum + one.rows, 0);
    const warning = judgeFailedRows({ failed, rows: all }, p.failShare);
    const columns = scoreColumns(p.output);
    const staged = await context.stage(
      [{ name: 'context', type: 'VARCHAR' }, { name: 'text', type: 'VARCHAR' }, ...columns],
      scored.map(cellsOf),
    );
    const hidden = rows.schema.split ? hiddenColumns : [];
    const shown = [...hidden, ...rows.columns.map((c) => c.name)].map((name) => sql`r.${id(name)}`);
    const before = p.context === '' ? sql`''` : sql`coalesce(CAST(r.${id(p.context)} AS VARCHAR), '')`;
    const { rows: from, order } = inOrder(rows);
    await outputs.table(
      'rows',
      sql`SELECT ${join(shown)}, ${join(columns.map((c) => sql`a.${id(c.name)}`))} FROM ${from} r
        LEFT JOIN ${staged} a ON CAST(r.${id(p.text)} AS VARCHAR) = a.text AND ${before} = a.context${order}`,
    );
    if (warning !== undefined) {
      context.provisional();
      context.warn(warning);
    }
    const { report, metrics } = notify(model.value.name, scored);
    await outputs.report('report', { ...report, blocks: [...report.blocks, ...failuresBlocks({ failed })] });
    for (const [name, value] of Object.entries(metrics)) metric(name, value.value, { signature: value.signature });
    log(`${scored.filter((one) => one.score !== null).length} of ${scored.length} different texts scored`);
  },
});

async function scoreAll(
  { params: p, table, signal, progress }: TaskContext<Params>,
  model: LanguageModel,
): Promise<Scored[]> {
  const rows = table('rows');
  const before = p.context === '' ? sql`''` : sql`coalesce(CAST(${id(p.context)} AS VARCHAR), '')`;
  const found = await rows.query(
    sql`SELECT ${before} AS context, CAST(${id(p.text)} AS VARCHAR) AS text, count(*) AS n FROM ${rows.ref} WHERE ${id(p.text)} IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const scored: Scored[] = [];
  for (const row of found) {
    const [context, text, n] = [String(row['context']), String(row['text']), Number(row['n'])];
    try {
      const tokens = await model.score({ context, text }, { signal });
      scored.push({ context, text, tokens, score: scoreOf(text, tokens), problem: null, rows: n });
    } catch (thrown) {
      signal.throwIfAborted();
      const problem = toProblem(thrown);
      // What no text will get is told once, by the node.
      if (problem.code === 'language.not-at-endpoint') throw thrown;
      scored.push({ context, text, tokens: [], score: null, problem, rows: n });
    }
    progress(scored.length / found.length, `${scored.length} of ${found.length} texts`);
  }
  return scored;
}

function cellsOf({ context, text, score, problem }: Scored): SqlValue[] {
  if (score === null) return [context, text, null, null, null, null, null, problem?.message ?? null];
  const { logProbability, tokens, words, bytes } = score;
  return [
    context,
    text,
    logProbability,
    tokens,
    perplexity(score, tokens),
    perplexity(score, words),
    perplexity(score, bytes),
    null,
  ];
}

function notify(
  model: string,
  scored: readonly Scored[],
): { report: Report; metrics: Record<string, { value: number | null; signature: string }> } {
  const good = scored.flatMap((one) => one.score ?? []);
  const all = addScores(good);
  const signature = (unit: string, n: number): string =>
    `perplexity|unit=${unit}|softmax=full|texts=${good.length}|n=${n}`;
  const metrics = {
    perplexity: { value: perplexity(all, all.tokens), signature: signature('token', all.tokens) },
    word_perplexity: { value: perplexity(all, all.words), signature: signature('word', all.words) },
    byte_perplexity: { value: perplexity(all, all.bytes), signature: signature('byte', all.bytes) },
    bits_per_byte: { value: bitsPerByte(all), signature: signature('byte', all.bytes) },
  };
  const titles = {
    perplexity: 'Perplexity of a token',
    word_perplexity: 'of a word',
    byte_perplexity: 'of a byte',
    bits_per_byte: 'Bits a byte',
  };
  const surprising = scored
    .flatMap(({ text, tokens }) =>
      tokens.map((token) => ({ whole: text, token: token.text, logProbability: token.logProbability })),
    )
    .sort((a, b) => a.logProbability - b.logProbability)
    .slice(0, 20);
  const report: Report = {
    title: `How probable ${model} finds the texts`,
    chips: [
      `${good.length} texts`,
      `${all.tokens.toLocaleString('en-US')} tokens`,
      ...(good.length < scored.length ? [`${scored.length - good.length} failed`] : []),
    ],
    blocks: [
      {
        type: 'metrics',
        items: Object.entries(metrics).map(([name, { value, signature: said }]) => ({
          name,
          title:
            titles[
              name === 'perplexity' || name === 'word_perplexity' || name === 'byte_perplexity' ? name : 'bits_per_byte'
            ],
          value,
          better: 'lower' as const,
          signature: said,
        })),
      },
      {
        type: 'table',
        title: 'What surprised the model most',
        columns: [
          { name: 'token', title: 'Token', align: 'left' },
          { name: 'p', title: 'Probability', align: 'right' },
          { name: 'text', title: 'In', align: 'left' },
        ],
        rows: surprising.map(({ whole, token, logProbability }) => [
          JSON.stringify(token),
          Number(Math.exp(logProbability).toPrecision(3)),
          whole.length > 80 ? `${whole.slice(0, 77)}…` : whole,
        ]),
      },
    ],
  };
  return { report, metrics };
}
