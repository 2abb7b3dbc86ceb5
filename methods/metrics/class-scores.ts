import { type ClassCounts, type ConfusionMatrix, classCounts } from './confusion-matrix.ts';

/** What stands for 0 / 0 (0, 1 or NaN), as scikit-learn's `zero_division` (its "warn" is 0). NaN leaves the class out of averages. */
export type ZeroDivision = number;

export interface PrecisionRecallF1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Weight of the rows of the class. */
  readonly support: number;
  /** Which of the three were 0 / 0 and hold `zeroDivision`. */
  readonly undefinedParts: readonly ('precision' | 'recall' | 'f1')[];
}

export type Average = 'macro' | 'weighted' | 'micro';

function divide(
  truePositive: number,
  predicted: number,
  actual: number,
  zeroDivision: ZeroDivision,
): PrecisionRecallF1 {
  const undefinedParts: ('precision' | 'recall' | 'f1')[] = [];
  const share = (part: 'precision' | 'recall' | 'f1', numerator: number, denominator: number): number => {
    if (denominator !== 0) return numerator / denominator;
    undefinedParts.push(part);
    return zeroDivision;
  };
  return {
    precision: share('precision', truePositive, predicted),
    recall: share('recall', truePositive, actual),
    f1: share('f1', 2 * truePositive, actual + predicted),
    support: actual,
    undefinedParts,
  };
}

/** Precision, recall and F1 of every class as in scikit-learn's `precision_recall_fscore_support(average=None)`. */
export function scoresByClass(matrix: ConfusionMatrix, zeroDivision: ZeroDivision = 0): PrecisionRecallF1[] {
  const counts = classCounts(matrix);
  return Array.from({ length: matrix.classCount }, (_, k) =>
    divide(counts.truePositive[k] ?? 0, counts.predicted[k] ?? 0, counts.actual[k] ?? 0, zeroDivision),
  );
}

/** Averages over the classes that occur in the truth or among the predictions. */
export function averageScores(
  matrix: ConfusionMatrix,
  average: Average,
  zeroDivision: ZeroDivision = 0,
): Omit<PrecisionRecallF1, 'undefinedParts'> {
  const counts = classCounts(matrix);
  if (average === 'micro') return divide(counts.correct, counts.total, counts.total, zeroDivision);
  const scores = scoresByClass(matrix, zeroDivision).filter((_, k) => matrix.present[k] === 1);
  const weights = scores.map((score) => (average === 'macro' ? 1 : score.support));
  const mean = (part: 'precision' | 'recall' | 'f1'): number =>
    nanAverage(
      scores.map((score) => score[part]),
      weights,
    );
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1'), support: counts.total };
}

/** Weighted mean without the NaN values; unweighted where all weights are 0; NaN where nothing is left. */
function nanAverage(values: readonly number[], weights: readonly number[]): number {
  let sum = 0;
  let weightSum = 0;
  let plainSum = 0;
  let count = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const weight = weights[i] ?? 0;
    sum += value * weight;
    weightSum += weight;
    plainSum += value;
    count += 1;
  });
  return weightSum === 0 ? plainSum / count : sum / weightSum;
}

/** Share of the weight that was predicted rightly. NaN without rows. */
export function accuracy(matrix: ConfusionMatrix): number {
  const { correct, total } = classCounts(matrix);
  return correct / total;
}

/** Mean recall over the classes that occur in the truth. */
export function balancedAccuracy(matrix: ConfusionMatrix): number {
  const { truePositive, actual } = classCounts(matrix);
  let sum = 0;
  let classes = 0;
  actual.forEach((weight, k) => {
    if (weight === 0) return;
    sum += (truePositive[k] ?? 0) / weight;
    classes += 1;
  });
  return sum / classes;
}

/** Matthews correlation coefficient in Gorodkin's form for any number of classes; 0 where truth or predictions are all of one class. */
export function matthewsCorrelation(matrix: ConfusionMatrix): number {
  const counts = classCounts(matrix);
  const { total, correct, predicted, actual } = counts;
  const both = correct * total - dot(actual, predicted);
  const predictedSpread = total ** 2 - dot(predicted, predicted);
  const actualSpread = total ** 2 - dot(actual, actual);
  const spread = predictedSpread * actualSpread;
  return spread === 0 ? 0 : both / Math.sqrt(spread);
}

/** Cohen's kappa, unweighted disagreement. NaN where truth and predictions share one single class. */
export function cohenKappa(matrix: ConfusionMatrix): number {
  const counts = classCounts(matrix);
  const { total, correct } = counts;
  const expectedDisagreement = expectedDisagreements(counts);
  if (total === 0 || expectedDisagreement === 0) return NaN;
  return 1 - (total - correct) / expectedDisagreement;
}

/** Weight of disagreeing rows if truth and prediction were independent. Summed off the diagonal, so that it is exactly 0 when it should be. */
function expectedDisagreements({ predicted, actual, total }: ClassCounts): number {
  let sum = 0;
  actual.forEach((actualWeight, row) => {
    predicted.forEach((predictedWeight, column) => {
      if (row !== column) sum += (actualWeight * predictedWeight) / total;
    });
  });
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
