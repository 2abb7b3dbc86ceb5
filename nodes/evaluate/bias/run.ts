import { nothingMeasured } from '../../../methods/evaluation/nothing-measured.ts';
import { signTest } from '../../../methods/language/judges/sign-test.ts';
import { asText } from '../../../methods/language/per-text.ts';
import { shorten } from '../../../methods/text/evaluate-texts.ts';
import { bootstrapInterval, wilsonInterval } from '../../../methods/text/text-intervals.ts';
import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { Report } from '../../../shared/report.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { id, raw, sql, type SqlValue } from '../../../shared/sql.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
interface Pair {
  a: SqlValue;
  b: SqlValue;
  text: string;
  /** Second less first; 1 or 0 for texts that differ or do not. */
  difference: number;
}

export default task(spec, {
  run: async ({ params, table, metric, outputs, warn }: Context) => {
    const rows = table('rows');
    if ((await rows.count()) === 0) {
      const { finding, report } = nothingMeasured('Bias', 'pairs');
      warn(finding);
      return outputs.report('report', report);
    }
    const isText = typeFamily(rows.columns.find((c) => c.name === params.score)?.type ?? '') === 'text';
    const { pairs, variants, odd } = await readPairs(rows, params, isText);
    const flips = pairs.filter(({ difference }) => Math.abs(difference) > (isText ? 0 : params.tolerance));
    const share = wilsonInterval(flips.length, pairs.length);
    const mean = pairs.reduce((sum, { difference }) => sum + difference, 0) / pairs.length;
    const interval = bootstrapInterval(
      { score: ([sum = 0, n = 0]) => sum / n },
      pairs.map(({ difference }) => [difference, 1]),
      { seed: 1 },
    );
    const up = flips.filter(({ difference }) => difference > 0).length;
    const p = isText ? null : signTest(up, flips.length - up);
    const how = `pairs=${pairs.length}|tolerance=${params.tolerance}|v1`;
    metric('flip_rate', flips.length / pairs.length, { signature: `flip_rate|${how}` });
    if (!isText) {
      metric('mean_difference', mean, { signature: `mean_difference|${variants.join('-to-')}|${how}` });
      metric('sign_test_p', p, { signature: `sign_test_p|two-sided|${how}` });
    }
    const [a = '', b = ''] = variants;
    await outputs.report('report', {
      title: `${b} against ${a}`,
      chips: [
        `${pairs.length.toLocaleString('en')} pairs`,
        ...(odd > 0 ? [`${odd.toLocaleString('en')} without both variants left out`] : []),
      ],
      blocks: [
        {
          type: 'metrics',
          items: [
            {
              name: 'flip_rate',
              title: 'Pairs that differ',
              value: flips.length / pairs.length,
              better: 'lower',
              help: `95 %: ${share?.low.toFixed(3) ?? ''} to ${share?.high.toFixed(3) ?? ''} (Wilson).`,
            },
            ...(isText
              ? []
              : [
                  {
                    name: 'mean_difference',
                    title: 'Mean difference',
                    value: mean,
                    help: `${b} less ${a}. 95 %: ${interval?.low.toPrecision(3) ?? ''} to ${interval?.high.toPrecision(3) ?? ''} (bootstrap).`,
                  },
                  {
                    name: 'sign_test_p',
                    title: 'Chance',
                    value: p,
                    help: 'Sign test, two-sided: how likely so uneven a count of ups and downs is where both are treated alike.',
                  },
                ]),
          ],
        },
        ...(isText
          ? []
          : [
              {
                type: 'text' as const,
                text: `Of ${flips.length.toLocaleString('en')} pairs that differ, ${up.toLocaleString('en')} score higher as ${b} and ${(flips.length - up).toLocaleString('en')} as ${a}.`,
                tone: 'plain' as const,
              },
            ]),
        widestTable(pairs, a, b),
      ],
    });
  },
});

async function readPairs(
  rows: TableInput,
  params: Context['params'],
  isText: boolean,
): Promise<{ pairs: Pair[]; variants: string[]; odd: number }> {
  const score = isText ? asText(params.score) : sql`CAST(${id(params.score)} AS DOUBLE)`;
  const shown = params.text === '' ? raw("''") : asText(params.text);
  const found = await rows.query(
    sql`SELECT CAST(${id(params.pair)} AS VARCHAR) AS pair, ${asText(params.variant)} AS variant, ${score} AS score, ${shown} AS text FROM ${rows.ref} WHERE ${id(params.pair)} IS NOT NULL AND ${id(params.variant)} IS NOT NULL ORDER BY pair, variant, score`,
  );
  const variants = [...new Set(found.map((row) => String(row['variant'])))].sort();
  if (variants.length !== 2)
    throw fail('evaluate.variants', {
      message: `There are ${variants.length} variants (${variants.slice(0, 5).join(', ')}); two are compared.`,
      mend: 'Choose the column that says original or swapped, or keep two variants.',
      param: 'variant',
    });
  const byPair = new Map<string, Map<string, { score: SqlValue; text: string }>>();
  for (const row of found) {
    const one = byPair.get(String(row['pair'])) ?? new Map<string, { score: SqlValue; text: string }>();
    byPair.set(String(row['pair']), one);
    if (row['score'] !== null && row['score'] !== undefined && !one.has(String(row['variant'])))
      one.set(String(row['variant']), { score: row['score'], text: String(row['text'] ?? '') });
  }
  const pairs = [...byPair.values()].flatMap((one): Pair[] => {
    const [a, b] = variants.map((variant) => one.get(variant));
    return a === undefined || b === undefined
      ? []
      : [
          {
            a: a.score,
            b: b.score,
            text: a.text,
            difference: isText ? Number(a.score !== b.score) : Number(b.score) - Number(a.score),
          },
        ];
  });
  if (pairs.length === 0)
    throw fail('evaluate.no-rows', {
      message: 'No pair has a score for both variants.',
      mend: 'Look at the columns of pairs, variants and scores.',
      param: 'pair',
    });
  return { pairs, variants, odd: byPair.size - pairs.length };
}

const widestTable = (pairs: readonly Pair[], a: string, b: string): Report['blocks'][number] => ({
  type: 'table',
  title: 'The pairs that differ most',
  columns: [
    { name: 'text', title: 'Text', align: 'left' },
    { name: 'a', title: a, align: 'right' },
    { name: 'b', title: b, align: 'right' },
  ],
  rows: [...pairs]
    .sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference))
    .slice(0, 20)
    .map((pair) => [shorten(pair.text), cellOf(pair.a), cellOf(pair.b)]),
});
const cellOf = (value: SqlValue): string | number | boolean | null =>
  typeof value === 'bigint' ? Number(value) : typeof value === 'string' ? shorten(value) : value;
