/** What the figures are worth: beside a baseline that knows no column, with intervals over resampled rows. */
import { largest } from '../../shared/append.ts';
import type { ReportBlock } from '../../shared/report.ts';
import type { MetricValue } from '../metrics/metric-value.ts';
import { scoreClassification } from '../metrics/score-classification.ts';
import { meanOf, scoreRegression } from '../metrics/score-regression.ts';
import { bootstrapIntervals, mostBootstrapRows, type Interval } from '../statistics/bootstrap.ts';
import type { MeasuredRows } from './measured.ts';
import { labelStatistics, mostResampledClasses, type LabelledRows } from './label-statistics.ts';
import { titleOfMetric } from '../../shared/metric-title.ts';

export interface Comparison {
  /** What the baseline does: `always "on time"`. */
  baseline: string;
  /** Values of the baseline on the same rows, by name of the metric. */
  values: ReadonlyMap<string, number>;
  /** 95 %, by name of the metric. */
  intervals: ReadonlyMap<string, Interval>;
  /** Of the metric that decides: the model's value less the baseline's. */
  difference?: Interval | undefined;
}

export interface ClassifiedRows extends LabelledRows {
  classes: readonly string[];
  weight?: Float64Array | undefined;
}

/**
 * Beside a model that always gives the most frequent class, with the classes' shares as probabilities: scikit-learn's `DummyClassifier(strategy="prior")`.
 * @param counts rows of each class that the model knows; those of training where they are known
 * @param names the metrics that are told first; the first one decides
 */
export function classBaseline(rows: ClassifiedRows, counts: readonly number[], names: readonly string[]): Comparison {
  const { classes, truth, weight } = rows;
  const always = Math.max(0, counts.indexOf(largest(counts)));
  const predicted = new Int32Array(truth.length).fill(always);
  const [decides = 'accuracy'] = names;
  const found =
    classes.length > mostResampledClasses || truth.length > mostBootstrapRows
      ? []
      : resample(
          labelStatistics(rows, names),
          labelStatistics({ ...rows, predicted }, [decides]),
          truth.length,
          weight,
        );
  return {
    baseline: `always “${classes[always] ?? ''}”`,
    // One name for the area under the ROC curve, as for the model.
    values: new Map(
      scoreConstant(rows, counts, always).flatMap(({ name, value }): [string, number][] => [
        [name, value],
        ...(name === 'roc_auc_ovr' ? [['roc_auc', value] satisfies [string, number]] : []),
      ]),
    ),
    ...named(names, found),
  };
}

/** Rows of one class are all alike to a model that knows no column: a weighted row for each class gives the figures of all. */
function scoreConstant(
  { classes, truth, positive, weight }: ClassifiedRows,
  counts: readonly number[],
  always: number,
): readonly MetricValue[] {
  const weights = new Map<number, number>();
  truth.forEach((own, i) => weights.set(own, (weights.get(own) ?? 0) + (weight ? (weight[i] ?? 0) : 1)));
  const own = Int32Array.from(weights.keys());
  const all = counts.reduce((sum, n) => sum + n, 0);
  const prior = counts.map((n) => (all === 0 ? 1 / counts.length : n / all));
  return scoreClassification({
    classes,
    truth: own,
    predicted: new Int32Array(own.length).fill(always),
    probabilities: Float64Array.from({ length: own.length * prior.length }, (_, i) => prior[i % prior.length] ?? 0),
    positive,
    weight: Float64Array.from(weights.values()),
  }).values;
}

/** The model's figures, and what its first is above the baseline's, on the same draws. */
function resample(
  model: (weight: Float64Array) => number[],
  baseline: (weight: Float64Array) => number[],
  rows: number,
  weight: Float64Array | undefined,
): (Interval | undefined)[] {
  return bootstrapIntervals(rows, (drawn) => {
    const own = weighted(drawn, weight);
    const measured = model(own);
    return [...measured, (measured[0] ?? NaN) - (baseline(own)[0] ?? NaN)];
  });
}

/** Beside the mean of the measured rows, given for every row: scikit-learn's `DummyRegressor`, told the best constant there is. */
export function meanBaseline(
  { truth, predicted, weight }: { truth: Float64Array; predicted: Float64Array; weight?: Float64Array | undefined },
  names: readonly string[],
): Comparison {
  const mean = meanOf(truth, weight);
  const values = scoreRegression({
    truth,
    predicted: new Float64Array(truth.length).fill(mean),
    ...(weight ? { weight } : {}),
  });
  const found = bootstrapIntervals(truth.length, (drawn) => {
    const own = weighted(drawn, weight);
    const r2 = errors(truth, predicted, own);
    // R² is measured from the mean of the very rows: its value is the difference.
    return [...names.map((name) => r2[name] ?? NaN), r2['r2'] ?? NaN];
  });
  return {
    baseline: 'always the mean',
    values: new Map(values.map((metric) => [metric.name, metric.value])),
    ...named(names, found),
  };
}

function errors(truth: Float64Array, predicted: Float64Array, weight: Float64Array): Record<string, number> {
  let [total, sum, absolute, square] = [0, 0, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    const w = weight[i] ?? 0;
    const residual = (truth[i] ?? 0) - (predicted[i] ?? 0);
    total += w;
    sum += w * (truth[i] ?? 0);
    absolute += w * Math.abs(residual);
    square += w * residual * residual;
  }
  const mean = sum / total;
  let spread = 0;
  for (let i = 0; i < truth.length; i++) spread += (weight[i] ?? 0) * ((truth[i] ?? 0) - mean) ** 2;
  return {
    r2: spread === 0 ? NaN : 1 - square / spread,
    root_mean_squared_error: Math.sqrt(square / total),
    mean_absolute_error: absolute / total,
  };
}

function weighted(drawn: Float64Array, weight: Float64Array | undefined): Float64Array {
  return weight ? drawn.map((n, i) => n * (weight[i] ?? 0)) : drawn;
}

function named(
  names: readonly string[],
  found: readonly (Interval | undefined)[],
): Pick<Comparison, 'intervals' | 'difference'> {
  // Resampled rows that are all right are all right again: of what has no errors, a bootstrap tells nothing.
  const wide = found.map((interval) => (interval !== undefined && interval[0] < interval[1] ? interval : undefined));
  return {
    intervals: new Map(names.flatMap((name, k): [string, Interval][] => (wide[k] ? [[name, wide[k]]] : []))),
    difference: wide[names.length],
  };
}

/** One sentence that decides: better than the baseline, or not, and how sure that is. Rows that were learnt from decide nothing. */
export function verdicts(
  comparison: Comparison | undefined,
  decides: MetricValue | undefined,
  { rows, on }: MeasuredRows,
): ReportBlock[] {
  const other = comparison?.values.get(decides?.name ?? '');
  if (comparison === undefined || decides === undefined || other === undefined || on === 'train' || on === 'all')
    return [];
  if (!Number.isFinite(decides.value) || !Number.isFinite(other)) return [];
  const { baseline, difference } = comparison;
  const gap = decides.value - other;
  const [low, high] = difference ?? [gap, gap];
  const isBetter = low > 0;
  const isWorse = high < 0;
  const sure =
    difference === undefined
      ? ''
      : ` With 95 % confidence the difference lies between ${say(low)} and ${say(high)} (bootstrap over ${rows.toLocaleString('en')} rows).`;
  const next = isBetter
    ? ''
    : isWorse || difference === undefined
      ? ' What the model learnt does not help with these rows: look at the columns it gets, and at leaks or shifts between training and test rows.'
      : ' These rows cannot tell it from the baseline: more rows, or columns that say more about the target, would.';
  return [
    {
      type: 'text',
      title: isBetter
        ? 'Better than the baseline'
        : isWorse
          ? 'Worse than the baseline'
          : 'Not clearly better than the baseline',
      text: `${titleOfMetric(decides.name)} is ${say(decides.value)}; ${baseline} gives ${say(other)}.${sure}${next}`,
      tone: isBetter ? 'plain' : 'warning',
    },
  ];
}

const say = (value: number): string => value.toFixed(3).replace('-', '−');
