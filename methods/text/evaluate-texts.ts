/** Texts against references, as figures with intervals and a report. */
import { largest } from '../../shared/append.ts';
import type { PartitionName } from '../../shared/capabilities.ts';
import type { Report, ReportBlock } from '../../shared/report.ts';
import { sayRows } from '../evaluation/measured.ts';
import type { MetricValue } from '../metrics/metric-value.ts';
import { bleuScore } from './bleu.ts';
import { bootstrapInterval, type Interval } from './text-intervals.ts';
import { referenceCount, sumStatistics, type TextMetric, type TextPair } from './text-metric.ts';
import { distinctNgrams, plainWords, readability, repetition } from './text-shape.ts';

export interface TextsToEvaluate {
  pairs: readonly TextPair[];
  metrics: readonly TextMetric[];
  /** The metric by which the worst texts are chosen. */
  leading: string;
  /** Of the bootstrap; 0: no intervals. */
  resamples: number;
  seed: number;
  on: PartitionName;
  /** Rows without a text or without a reference. */
  leftOut: number;
  warnings: readonly string[];
}
export interface EvaluatedTexts {
  metrics: MetricValue[];
  report: Report;
}
interface Measured {
  metric: TextMetric;
  value: number;
  signature: string;
  interval: Interval | undefined;
  each: number[];
}

const shownWorst = 12;
const longestShown = 300;

/** The score of one pair alone. BLEU counts the orders that the text is long enough for, since else a short text gets nothing. */
export function scoreOfPair(metric: TextMetric, { candidate, references }: TextPair): number {
  const numbers = metric.statistics(candidate, references);
  return metric.name === 'bleu' ? bleuScore(numbers, true) : metric.score(numbers);
}

export function evaluateTexts(given: TextsToEvaluate): EvaluatedTexts {
  const { pairs, on } = given;
  const measured = given.metrics.map((metric) => measure(metric, given));
  const rows = `rows=${on === 'train' ? 'training' : on}|n=${pairs.length}`;
  const values = [
    ...measured.map(({ metric, value, signature }): MetricValue => ({
      name: metric.name,
      value,
      signature: `${signature}|${rows}`,
    })),
    ...shapeOf(pairs).map((one): MetricValue => ({ ...one, signature: `${one.signature}|${rows}` })),
  ];
  return { metrics: values, report: reportOf(given, measured, values) };
}

function measure(metric: TextMetric, { pairs, resamples, seed }: TextsToEvaluate): Measured {
  const numbers = pairs.map((pair) => metric.statistics(pair.candidate, pair.references));
  return {
    metric,
    value: metric.score(sumStatistics(numbers)),
    signature: metric.signature(referenceCount(pairs)),
    interval: resamples === 0 ? undefined : bootstrapInterval(metric, numbers, { seed, resamples }),
    each: numbers.map((one) => (metric.name === 'bleu' ? bleuScore(one, true) : metric.score(one))),
  };
}

/** What the texts are like without their references. */
function shapeOf(pairs: readonly TextPair[]): MetricValue[] {
  const texts = pairs.map((pair) => pair.candidate);
  const said = texts.map((text) => plainWords(text).length);
  const wanted = pairs.map((pair) => mean(pair.references.map((text) => plainWords(text).length)));
  const one = (name: string, value: number, choices = ''): MetricValue => ({
    name,
    value,
    signature: `${name}${choices}|v1`,
  });
  return [
    one('length_ratio', sum(said) / sum(wanted), '|unit:word'),
    one('distinct_1', distinctNgrams(texts, 1)),
    one('distinct_2', distinctNgrams(texts, 2)),
    one('repetition_4', mean(texts.map((text) => repetition(text))), '|agg:mean'),
    one('empty_texts', texts.filter((text) => text.trim() === '').length / Math.max(1, texts.length)),
    one(
      'reading_ease',
      mean(texts.map((text) => readability(text).readingEase).filter((value) => !Number.isNaN(value))),
      '|flesch|lang:en|agg:mean',
    ),
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function reportOf(
  { pairs, on, leftOut, leading, warnings }: TextsToEvaluate,
  measured: readonly Measured[],
  values: readonly MetricValue[],
): Report {
  const lead = measured.find(({ metric }) => metric.name === leading) ?? measured[0];
  return {
    title: 'Texts against references',
    chips: [
      `measured on ${pairs.length.toLocaleString('en')} ${sayRows(on)}`,
      ...(leftOut > 0 ? [`${leftOut.toLocaleString('en')} rows without a text or a reference left out`] : []),
    ],
    blocks: [
      ...warnings.map((text): ReportBlock => ({ type: 'text', text, tone: 'warning' })),
      metricsBlock(measured, values),
      intervalsBlock(measured),
      ...(lead === undefined ? [] : [spreadBlock(lead), worstBlock(lead, pairs)]),
    ],
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function metricsBlock(measured: readonly Measured[], values: readonly MetricValue[]): ReportBlock {
  const titles: Readonly<Record<string, string>> = {
    length_ratio: 'Length over reference',
    distinct_1: 'Different words',
    distinct_2: 'Different word pairs',
    repetition_4: 'Repetition',
    empty_texts: 'Empty texts',
    reading_ease: 'Reading ease',
  };
  const known = new Map(measured.map(({ metric }) => [metric.name, metric]));
  return {
    type: 'metrics',
    items: values.map(({ name, value, signature }) => {
      const metric = known.get(name);
      return {
        name,
        title: metric?.title ?? titles[name] ?? name,
        value: finite(value),
        signature,
        ...(metric === undefined ? {} : { better: metric.better }),
      };
    }),
  };
}

function intervalsBlock(measured: readonly Measured[]): ReportBlock {
  return {
    type: 'table',
    title: 'How sure these are',
    columns: [
      { name: 'metric', title: 'Metric', align: 'left' },
      { name: 'value', title: 'Value', align: 'right' },
      { name: 'low', title: 'Low (95 %)', align: 'right' },
      { name: 'high', title: 'High', align: 'right' },
      { name: 'signature', title: 'Signature', align: 'left' },
    ],
    rows: measured.map(({ metric, value, interval, signature }) => [
      metric.title,
      finite(value),
      interval === undefined ? null : finite(interval.low),
      interval === undefined ? null : finite(interval.high),
      signature,
    ]),
    caption: 'Percentile intervals by resampling rows. Values may be compared only where their signatures are equal.',
  };
}

function spreadBlock({ metric, each }: Measured): ReportBlock {
  const bins = 20;
  const top = Math.max(metric.scale, largest(each.filter((value) => Number.isFinite(value))));
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of each) {
    const bin = Math.min(bins - 1, Math.floor((value / top) * bins));
    if (Number.isFinite(value)) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    type: 'chart',
    title: `${metric.title} of each text`,
    mark: 'histogram',
    x: { field: 'from', title: metric.title, scale: 'linear' },
    y: { field: 'count', title: 'Texts', scale: 'linear' },
    data: {
      from: counts.map((_, i) => (top * i) / bins),
      to: counts.map((_, i) => (top * (i + 1)) / bins),
      count: counts,
    },
    caption: `Half of the texts have at least ${median(each).toPrecision(3)}.`,
  };
}

const median = (values: readonly number[]): number =>
  values.filter((value) => Number.isFinite(value)).sort((a, b) => b - a)[Math.floor((values.length - 1) / 2)] ?? NaN;

function worstBlock({ metric, each }: Measured, pairs: readonly TextPair[]): ReportBlock {
  const sign = metric.better === 'higher' ? 1 : -1;
  const worst = each
    .map((value, i) => ({ value, i }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => sign * (a.value - b.value) || a.i - b.i)
    .slice(0, shownWorst);
  return {
    type: 'table',
    title: `The worst texts by ${metric.title}`,
    columns: [
      { name: 'value', title: metric.title, align: 'right' },
      { name: 'candidate', title: 'Text', align: 'left' },
      { name: 'reference', title: 'Reference', align: 'left' },
    ],
    rows: worst.map(({ value, i }) => [
      value,
      shorten(pairs[i]?.candidate ?? ''),
      shorten(pairs[i]?.references.join(' / ') ?? ''),
    ]),
  };
}

export const shorten = (text: string): string =>
  text.length <= longestShown ? text : `${text.slice(0, longestShown).replace(/[\uD800-\uDBFF]$/, '')}…`;
