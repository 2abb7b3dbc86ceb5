/** What a judge said in all: its verdicts, its noise, what it could not judge, and how far it agrees with people. */
import { largest } from '../../../shared/append.ts';
import { verdictsOf, type JudgeScale } from '../../../shared/language/judge-prompt.ts';
import type { Report, ReportBlock } from '../../../shared/report.ts';
import { wilsonInterval, type Interval } from './agreement.ts';
import { agreementOf, correctedPassRate, noiseOf, type Agreement, type ItemVerdicts } from './judge.ts';

export interface JudgedItem extends ItemVerdicts {
  /** Null: it could not be judged. */
  verdict: string | null;
  /** What people said; null: nothing. */
  label: string | null;
  reason: string;
}
type Metrics = Record<string, { value: number | null; signature: string }>;

/** Calibration on fewer labels says little. */
const fewLabels = 50;

export function judgeReport(
  judge: string,
  scale: JudgeScale,
  repeats: number,
  items: readonly JudgedItem[],
): { report: Report; metrics: Metrics } {
  const scored = items.flatMap(({ verdict }) => verdict ?? []);
  const pairs = items.flatMap(({ verdict, label }) =>
    verdict === null || label === null ? [] : [[verdict, label] as const],
  );
  const agreement = agreementOf(pairs, scale);
  const metrics = metricsOf(scale, repeats, items, scored, agreement);
  const unlabelled = items.filter((item) => item.label === null).length;
  const blocks: ReportBlock[] = [
    {
      type: 'metrics',
      items: Object.entries(metrics).map(([name, { value, signature }]) => ({
        name,
        title: titles[name] ?? name,
        value,
        signature,
        ...(counts.has(name) ? { count: true } : {}),
      })),
    },
    ...verdictBars(scale, scored),
    ...confusion(pairs, scale),
    ...calibrationText(agreement, items.length - unlabelled),
    ...rateText(scale, scored),
  ];
  return {
    metrics,
    report: {
      title: `Judged by ${judge}`,
      chips: [
        `${scored.length} of ${items.length} judged`,
        `${repeats} × each`,
        ...(agreement === null ? [] : [`${agreement.n} with people’s verdict`]),
      ],
      blocks,
    },
  };
}

/** Figures that are counted, not measured. */
const counts: ReadonlySet<string> = new Set(['not_judged']);

const titles: Readonly<Record<string, string>> = {
  pass_rate: 'Passed',
  pass_rate_corrected: 'Passed, judge’s errors taken out',
  mean: 'Mean, of 1 to 5',
  win_rate: 'First is better',
  ties: 'Neither',
  order_changed: 'Decided by the order',
  not_judged: 'Not judged',
  noise: 'Judge’s noise',
  agreement: 'Agrees with people',
  kappa: 'Cohen’s kappa',
};

function metricsOf(
  scale: JudgeScale,
  repeats: number,
  items: readonly JudgedItem[],
  scored: readonly string[],
  agreement: Agreement | null,
): Metrics {
  const n = scored.length;
  const share = (verdict: string): number | null =>
    n === 0 ? null : scored.filter((one) => one === verdict).length / n;
  const sign = (name: string, count = n): string => `${name}|scale=${scale}|repeats=${repeats}|n=${count}`;
  const metrics: Metrics = {};
  if (scale === 'pass-fail') {
    const rate = share('pass');
    metrics['pass_rate'] = { value: rate, signature: sign('pass_rate') };
    if (agreement !== null && rate !== null)
      metrics['pass_rate_corrected'] = {
        value: correctedPassRate(rate, agreement),
        signature: sign('pass_rate|rogan-gladen'),
      };
  } else if (scale === 'one-to-five')
    metrics['mean'] = {
      value: n === 0 ? null : scored.reduce((sum, one) => sum + Number(one), 0) / n,
      signature: sign('mean'),
    };
  else {
    metrics['win_rate'] = { value: share('first'), signature: sign('win_rate|both_orders') };
    metrics['ties'] = { value: share('tie'), signature: sign('ties|both_orders') };
    const orders = items.flatMap((item) => item.orderAgreed ?? []);
    metrics['order_changed'] = {
      value: orders.length === 0 ? null : orders.filter((agreed) => !agreed).length / orders.length,
      signature: sign('order_changed', orders.length),
    };
  }
  metrics['not_judged'] = { value: items.length - n, signature: sign('not_judged', items.length) };
  metrics['noise'] = {
    value: noiseOf(items),
    signature: sign('noise|share of items whose repeats differ', items.length),
  };
  if (agreement !== null) {
    metrics['agreement'] = { value: agreement.share, signature: sign('agreement', agreement.n) };
    metrics['kappa'] = {
      value: agreement.kappa,
      signature: sign(scale === 'one-to-five' ? 'kappa|weights=quadratic' : 'kappa', agreement.n),
    };
  }
  return metrics;
}

/** How often each verdict was given: a mean of 3 is something else where all say 3 than where half say 1 and half say 5. */
function verdictBars(scale: JudgeScale, scored: readonly string[]): ReportBlock[] {
  if (scored.length === 0) return [];
  const verdicts = [...verdictsOf(scale)];
  const times = verdicts.map((verdict) => scored.filter((one) => one === verdict).length);
  const most = times.indexOf(largest(times));
  return [
    {
      type: 'chart',
      title: 'Verdicts',
      mark: 'bar',
      x: { field: 'verdict', title: '', scale: 'category' },
      y: { field: 'answers', title: 'answers', scale: 'linear' },
      data: { verdict: verdicts, answers: times },
      caption: `Most frequent: ${verdicts[most] ?? ''}, ${times[most] ?? 0} of ${scored.length}.`,
    },
  ];
}

function confusion(pairs: readonly (readonly [string, string])[], scale: JudgeScale): ReportBlock[] {
  if (pairs.length === 0) return [];
  const labels = [...verdictsOf(scale)];
  return [
    {
      type: 'matrix',
      title: 'Judge and people',
      rowTitle: 'People',
      columnTitle: 'Judge',
      labels,
      values: labels.map((label) =>
        labels.map((verdict) => pairs.filter((pair) => pair[0] === verdict && pair[1] === label).length),
      ),
    },
  ];
}

const say = (interval: Interval | null): string =>
  interval === null
    ? 'no interval from so few'
    : `95 % interval ${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`;

function calibrationText(agreement: Agreement | null, labelled: number): ReportBlock[] {
  if (agreement === null)
    return [
      {
        type: 'text',
        tone: 'note',
        text: 'Nobody’s verdict stands beside the judge’s: how far it can be trusted is not known. Label at least 50 rows, and name their column.',
      },
    ];
  const { n, share, shareInterval, kappa, kappaInterval, sensitivity, specificity } = agreement;
  const known =
    sensitivity === null || specificity === null
      ? ''
      : ` Of what people pass it passes ${(100 * sensitivity).toFixed(0)} %, of what they fail it fails ${(100 * specificity).toFixed(0)} %.`;
  const few = labelled < fewLabels ? ` ${labelled} labels are few: ${fewLabels} say more.` : '';
  return [
    {
      type: 'text',
      tone: (kappa ?? 0) < 0.4 || labelled < fewLabels ? 'warning' : 'note',
      text: `On ${n} rows the judge agrees with people in ${(100 * share).toFixed(0)} % (${say(shareInterval)}, Wilson). Cohen’s kappa is ${kappa === null ? 'not defined: one verdict alone' : kappa.toFixed(2)} (${say(kappaInterval)}, bootstrap).${known}${few}`,
    },
  ];
}

function rateText(scale: JudgeScale, scored: readonly string[]): ReportBlock[] {
  if (scale === 'one-to-five' || scored.length === 0) return [];
  const hits = scored.filter((one) => one === (scale === 'pass-fail' ? 'pass' : 'first')).length;
  return [
    {
      type: 'text',
      tone: 'plain',
      text: `${scale === 'pass-fail' ? 'Passed' : 'First is better'}: ${hits} of ${scored.length}, ${say(wilsonInterval(hits, scored.length))} (Wilson).`,
    },
  ];
}
