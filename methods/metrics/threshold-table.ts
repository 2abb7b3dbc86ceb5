import type { RankedScores } from './ranked-scores.ts';

/** What would come out if every row with score ≥ `threshold` were called positive. */
export interface ThresholdRow {
  readonly threshold: number;
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
  readonly precision: number;
  readonly recall: number;
  readonly specificity: number;
  readonly f1: number;
  readonly accuracy: number;
}

/** 0, 0.01 … 1. */
export const hundredThresholds: Float64Array = Float64Array.from({ length: 101 }, (_, i) => i / 100);

/** One row for each threshold; shares that are 0 / 0 are 0. */
export function thresholdTable(ranked: RankedScores, thresholds: Float64Array = hundredThresholds): ThresholdRow[] {
  return Array.from(thresholds, (threshold) => thresholdRow(ranked, threshold));
}

function thresholdRow(ranked: RankedScores, threshold: number): ThresholdRow {
  const reached = countReached(ranked.thresholds, threshold);
  const truePositive = ranked.truePositives[reached - 1] ?? 0;
  const falsePositive = ranked.falsePositives[reached - 1] ?? 0;
  const falseNegative = ranked.positives - truePositive;
  const trueNegative = ranked.negatives - falsePositive;
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    threshold,
    truePositive,
    falsePositive,
    trueNegative,
    falseNegative,
    precision: share(truePositive, truePositive + falsePositive),
    recall: share(truePositive, ranked.positives),
    specificity: share(trueNegative, ranked.negatives),
    f1: share(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
    accuracy: share(truePositive + trueNegative, ranked.positives + ranked.negatives),
  };
}

/** How many of the falling `scores` are ≥ threshold. */
function countReached(scores: Float64Array, threshold: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scores[middle] ?? 0) >= threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
