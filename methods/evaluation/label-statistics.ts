/** The headline figures of a classifier from weights of its rows: what a bootstrap computes again and again. */
import { accuracy, averageScores, balancedAccuracy, scoresByClass } from '../metrics/class-scores.ts';
import { confusionMatrix, type ConfusionMatrix } from '../metrics/confusion-matrix.ts';
import { averagePrecision, rankSorted, rocAuc } from '../metrics/ranked-scores.ts';
import { sortedOrder } from '../statistics/sorted-order.ts';

/** Above, a matrix for each resample takes longer than it tells. */
export const mostResampledClasses = 40;

export interface LabelledRows {
  classCount: number;
  truth: Int32Array;
  predicted: Int32Array;
  /** Number of the positive class, of two. */
  positive: number;
  /** Two classes: probability of the positive one. */
  score?: Float64Array;
}

/** @returns for each name its value from the weights of the rows; names without a rule here give NaN */
export function labelStatistics(
  { classCount, truth, predicted, positive, score }: LabelledRows,
  names: readonly string[],
): (weight: Float64Array) => number[] {
  const isPositive = Uint8Array.from(truth, (k) => (k === positive ? 1 : 0));
  const ranked = score !== undefined && names.some((name) => name === 'roc_auc' || name === 'average_precision');
  const order = ranked ? sortedOrder(score) : undefined;
  return (weight) => {
    const matrix = drawnMatrix(confusionMatrix(truth, predicted, classCount, weight));
    const own = scoresByClass(matrix)[positive];
    const ranks = order && score ? rankSorted(order, isPositive, score, weight) : undefined;
    return names.map((name) => {
      if (name === 'accuracy') return accuracy(matrix);
      if (name === 'balanced_accuracy') return balancedAccuracy(matrix);
      if (name === 'f1_macro') return averageScores(matrix, 'macro').f1;
      if (name === 'f1' || name === 'precision' || name === 'recall') return own?.[name] ?? NaN;
      if (name === 'roc_auc') return ranks ? rocAuc(ranks) : NaN;
      if (name === 'average_precision') return ranks ? averagePrecision(ranks) : NaN;
      return NaN;
    });
  };
}

/** A class of which no row was drawn is not there. */
function drawnMatrix({ classCount, cells }: ConfusionMatrix): ConfusionMatrix {
  const present = new Uint8Array(classCount);
  const inTruth = new Uint8Array(classCount);
  for (let row = 0; row < classCount; row++)
    for (let column = 0; column < classCount; column++)
      if ((cells[row * classCount + column] ?? 0) > 0) present[row] = present[column] = inTruth[row] = 1;
  return { classCount, cells, present, inTruth };
}
