import type { RankedScores } from './ranked-scores.ts';

/** Points of a curve: `x[i]`, `y[i]` belong to `thresholds[i]`. */
export interface RocCurve {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  /** Starts at +∞: nothing is predicted positive. */
  readonly thresholds: Float64Array;
}

export interface PrecisionRecallCurve {
  readonly precision: Float64Array;
  /** Falling, ends at 0. */
  readonly recall: Float64Array;
  /** Rising; one shorter than the others, since the last point (precision 1, recall 0) has no threshold. */
  readonly thresholds: Float64Array;
}

/** scikit-learn's `roc_curve`. With `dropIntermediate` points on a straight line between their neighbours are left out. */
export function rocCurve(ranked: RankedScores, { dropIntermediate = true } = {}): RocCurve {
  const { thresholds, truePositives, falsePositives, positives, negatives } = ranked;
  const bends = (i: number): boolean =>
    secondDifference(falsePositives, i) !== 0 || secondDifference(truePositives, i) !== 0;
  const kept = keptPoints(thresholds.length, dropIntermediate, bends);
  const rate = (counts: Float64Array, total: number): Float64Array => {
    const rates = new Float64Array(kept.length + 1);
    kept.forEach((point, i) => (rates[i + 1] = (counts[point] ?? 0) / total));
    return total > 0 ? rates : rates.fill(NaN);
  };
  const cuts = new Float64Array(kept.length + 1);
  cuts[0] = Infinity;
  kept.forEach((point, i) => (cuts[i + 1] = thresholds[point] ?? NaN));
  return {
    falsePositiveRate: rate(falsePositives, negatives),
    truePositiveRate: rate(truePositives, positives),
    thresholds: cuts,
  };
}

/** scikit-learn's `precision_recall_curve`. With `dropIntermediate` only the first and last point of each recall are kept. */
export function precisionRecallCurve(ranked: RankedScores, { dropIntermediate = false } = {}): PrecisionRecallCurve {
  const { thresholds, truePositives, falsePositives, positives } = ranked;
  const changes = (i: number): boolean =>
    truePositives[i - 1] !== truePositives[i] || truePositives[i] !== truePositives[i + 1];
  const kept = keptPoints(thresholds.length, dropIntermediate, changes).reverse();
  const precision = new Float64Array(kept.length + 1);
  const recall = new Float64Array(kept.length + 1);
  kept.forEach((point, i) => {
    const hits = truePositives[point] ?? 0;
    precision[i] = hits / (hits + (falsePositives[point] ?? 0));
    recall[i] = positives === 0 ? 1 : hits / positives;
  });
  precision[kept.length] = 1;
  recall[kept.length] = 0;
  return { precision, recall, thresholds: Float64Array.from(kept, (point) => thresholds[point] ?? NaN) };
}

const secondDifference = (values: Float64Array, i: number): number =>
  (values[i + 1] ?? 0) - (values[i] ?? 0) - ((values[i] ?? 0) - (values[i - 1] ?? 0));

/** Numbers of the points to keep: the ends, and whichever inner points are wanted. */
function keptPoints(count: number, dropIntermediate: boolean, isWanted: (point: number) => boolean): number[] {
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    if (!dropIntermediate || count <= 2 || i === 0 || i === count - 1 || isWanted(i)) kept.push(i);
  }
  return kept;
}

/**
 * Numbers of at most `limit` points that draw the curve (x, y) well: the ends, and between them points at equal steps along the path
 * (|Δx| + |Δy|), so that steep parts get as many points as flat ones. All of them where there are few enough.
 */
export function thinCurve(x: Float64Array, y: Float64Array, limit = 500): Uint32Array {
  const count = x.length;
  if (count <= limit) return Uint32Array.from({ length: count }, (_, i) => i);
  const step = (i: number): number => Math.abs((x[i] ?? 0) - (x[i - 1] ?? 0)) + Math.abs((y[i] ?? 0) - (y[i - 1] ?? 0));
  let length = 0;
  for (let i = 1; i < count; i++) length += step(i);
  const kept = [0];
  let walked = 0;
  for (let i = 1; i < count - 1; i++) {
    walked += step(i);
    // NaN lengths (a curve without positives) compare as false: only the ends stay.
    if (walked * (limit - 1) >= length * kept.length && kept.length < limit - 1) kept.push(i);
  }
  kept.push(count - 1);
  return Uint32Array.from(kept);
}

/** The entries of `values` at the given points. */
export const pickPoints = (values: Float64Array, points: Uint32Array): Float64Array =>
  Float64Array.from(points, (point) => values[point] ?? NaN);
