import { fail } from '../../shared/errors.ts';
import { blockedSum, weightedMean } from '../statistics/blocked-sum.ts';
import { weightedMedian } from '../statistics/quantile.ts';
import { sortedOrder } from '../statistics/sorted-order.ts';
import { checkLengths } from './confusion-matrix.ts';
import { type MetricValue, metricSignature } from './metric-value.ts';

export interface RegressionRows {
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
  readonly weight?: Float64Array;
}

/** Where a share of variance is explained of a target that does not vary, scikit-learn gives 1 for a perfect prediction, else 0. */
const explainedShare = (unexplained: number, total: number): number =>
  total !== 0 ? 1 - unexplained / total : unexplained === 0 ? 1 : 0;

/**
 * r2, explained_variance, mean_absolute_error, mean_squared_error, root_mean_squared_error, median_absolute_error,
 * mean_absolute_percentage_error and max_error, each as in scikit-learn 1.9 (`max_error` knows no weights there either).
 *
 * @throws `metrics.no-rows`, `metrics.length`, `metrics.not-finite`
 */
export function scoreRegression({ truth, predicted, weight }: RegressionRows): MetricValue[] {
  const rows = truth.length;
  if (rows === 0)
    throw fail('metrics.no-rows', {
      message: 'There are no rows to evaluate.',
      mend: 'Check the filters and the split before this node.',
    });
  checkLengths(rows, { predicted: predicted.length, weight: weight?.length });
  const residual = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    residual[i] = (truth[i] ?? NaN) - (predicted[i] ?? NaN);
    if (!Number.isFinite(residual[i])) throw notFinite(i, truth[i] ?? NaN, predicted[i] ?? NaN);
  }
  const weighted = weight !== undefined;
  const value = (name: string, number: number, note?: string): MetricValue => ({
    name,
    value: number,
    signature: metricSignature(name, { weighted }),
    ...(note === undefined ? {} : { note }),
  });

  const absolute = residual.map(Math.abs);
  const mse = weightedMean(
    residual.map((e) => e * e),
    weight,
  );
  const truthMean = meanOf(truth, weight);
  const truthSpread = truth.map((y) => (y - truthMean) ** 2);
  const residualMean = weightedMean(residual, weight);
  const variance = weightedMean(truthSpread, weight);
  const flat =
    variance === 0 ? 'The target does not vary: 1 for a perfect prediction, else 0, by convention.' : undefined;
  const r2 =
    rows < 2 ? value('r2', NaN, 'R² needs at least two rows.') : value('r2', explainedShare(mse, variance), flat);

  return [
    r2,
    value(
      'explained_variance',
      explainedShare(
        weightedMean(
          residual.map((e) => (e - residualMean) ** 2),
          weight,
        ),
        variance,
      ),
      flat,
    ),
    value('mean_absolute_error', weightedMean(absolute, weight)),
    value('mean_squared_error', mse),
    value('root_mean_squared_error', Math.sqrt(mse)),
    value('median_absolute_error', medianOf(absolute, weight)),
    value('mean_absolute_percentage_error', weightedMean(percentageErrors(truth, absolute), weight), zeroNote(truth)),
    { name: 'max_error', value: largest(absolute), signature: metricSignature('max_error', { weighted: false }) },
  ];
}

const medianOf = (values: Float64Array, weight: Float64Array | undefined): number => {
  const order = sortedOrder(values);
  if (weight) return weightedMedian(values, weight, order);
  const middle = values.length >> 1;
  const upper = values[order[middle] ?? 0] ?? NaN;
  return values.length % 2 === 1 ? upper : ((values[order[middle - 1] ?? 0] ?? NaN) + upper) / 2;
};

/** From the first value, so that values that do not vary have exactly no variance. */
export function meanOf(values: Float64Array, weight?: Float64Array): number {
  const first = values[0] ?? 0;
  return (
    first +
    weightedMean(
      values.map((value) => value - first),
      weight,
    )
  );
}

/** Shares, not per cent; a target of 0 is taken as 2^−52. */
const percentageErrors = (truth: Float64Array, absolute: Float64Array): Float64Array =>
  absolute.map((error, i) => error / Math.max(Math.abs(truth[i] ?? NaN), Number.EPSILON));

const zeroNote = (truth: Float64Array): string | undefined =>
  truth.includes(0)
    ? 'The target is 0 in some rows; their error relative to it is without meaning and dominates the mean.'
    : undefined;

function largest(values: Float64Array): number {
  let top = 0;
  for (const value of values) if (value > top) top = value;
  return top;
}

/** Sum of the weights, or the number of rows. */
export const totalWeight = (rows: number, weight?: Float64Array): number => (weight ? blockedSum(weight) : rows);

const notFinite = (row: number, truth: number, predicted: number): Error =>
  fail('metrics.not-finite', {
    message: `Row ${row} has the true value ${truth} and the predicted value ${predicted}; both must be finite numbers.`,
    mend: 'Leave out rows without a target, and look at the node that made the prediction.',
    facts: { row, truth: String(truth), predicted: String(predicted) },
  });
