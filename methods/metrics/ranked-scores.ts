import { fail } from '../../shared/errors.ts';
import { sortedOrder } from '../statistics/sorted-order.ts';
import { checkLengths } from './confusion-matrix.ts';

/**
 * Cumulated weight of positives and negatives at every distinct score, from the highest score down. ROC curve, precision-recall curve, areas,
 * Kolmogorov–Smirnov distance and threshold table all read this one sort.
 */
export interface RankedScores {
  /** Distinct scores, falling. */
  readonly thresholds: Float64Array;
  /** Weight of positive rows with score ≥ threshold. */
  readonly truePositives: Float64Array;
  /** Weight of negative rows with score ≥ threshold. */
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * As scikit-learn's `confusion_matrix_at_thresholds`: ties share one threshold, rows of weight 0 are left out.
 *
 * @param isPositive 1 for rows of the positive class, else 0
 * @param score the higher, the more likely positive; must be finite
 */
export function rankScores(isPositive: Uint8Array, score: Float64Array, weight?: Float64Array): RankedScores {
  checkLengths(isPositive.length, { score: score.length, weight: weight?.length });
  return rankSorted(sortedOrder(score), isPositive, score, weight);
}

/** The same where the ascending order of the scores is known: for many weights of the same rows. */
export function rankSorted(
  order: Uint32Array,
  isPositive: Uint8Array,
  score: Float64Array,
  weight?: Float64Array,
): RankedScores {
  const rows = order.length;
  const thresholds = new Float64Array(rows);
  const truePositives = new Float64Array(rows);
  const falsePositives = new Float64Array(rows);
  let used = 0;
  let positives = 0;
  let negatives = 0;
  let previous = NaN;
  for (let i = rows - 1; i >= 0; i--) {
    const row = order[i] ?? 0;
    const value = score[row] ?? NaN;
    if (!Number.isFinite(value)) throw notFinite(row, value);
    const rowWeight = weight ? (weight[row] ?? 0) : 1;
    if (rowWeight === 0) continue;
    if (isPositive[row] === 1) positives += rowWeight;
    else negatives += rowWeight;
    if (value !== previous) used += 1;
    previous = value;
    thresholds[used - 1] = value;
    truePositives[used - 1] = positives;
    falsePositives[used - 1] = negatives;
  }
  return {
    thresholds: thresholds.slice(0, used),
    truePositives: truePositives.slice(0, used),
    falsePositives: falsePositives.slice(0, used),
    positives,
    negatives,
  };
}

/** Area under the ROC curve; a tie counts half. NaN where only one class occurs. */
export function rocAuc({ truePositives, falsePositives, positives, negatives }: RankedScores): number {
  if (positives === 0 || negatives === 0) return NaN;
  let area = 0;
  let lastTrue = 0;
  let lastFalse = 0;
  for (let i = 0; i < truePositives.length; i++) {
    const hits = truePositives[i] ?? 0;
    const alarms = falsePositives[i] ?? 0;
    area += (alarms - lastFalse) * (hits + lastTrue);
    lastTrue = hits;
    lastFalse = alarms;
  }
  return area / 2 / positives / negatives;
}

/** Sum of precision times gain in recall, without interpolation. 0 where there are no positives, as in scikit-learn. */
export function averagePrecision({ truePositives, falsePositives, positives }: RankedScores): number {
  if (positives === 0) return 0;
  let sum = 0;
  let lastTrue = 0;
  for (let i = 0; i < truePositives.length; i++) {
    const hits = truePositives[i] ?? 0;
    if (hits !== lastTrue) sum += ((hits - lastTrue) * hits) / (hits + (falsePositives[i] ?? 0));
    lastTrue = hits;
  }
  return sum / positives;
}

/** Largest distance between the score distributions of positives and negatives, and the score where it is reached. */
export function kolmogorovSmirnov({ thresholds, truePositives, falsePositives, positives, negatives }: RankedScores): {
  distance: number;
  threshold: number;
} {
  if (positives === 0 || negatives === 0) return { distance: NaN, threshold: NaN };
  let distance = 0;
  let threshold = thresholds[0] ?? NaN;
  for (let i = 0; i < thresholds.length; i++) {
    const gap = Math.abs((truePositives[i] ?? 0) / positives - (falsePositives[i] ?? 0) / negatives);
    if (gap <= distance) continue;
    distance = gap;
    threshold = thresholds[i] ?? NaN;
  }
  return { distance, threshold };
}

const notFinite = (row: number, value: number): Error =>
  fail('metrics.score-not-finite', {
    message: `The score of row ${row} is ${value}; a score must be a finite number.`,
    mend: 'Leave out rows without a score, and look at the node that made it.',
    facts: { row, value: String(value) },
  });
