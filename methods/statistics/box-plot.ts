import { quantileOfSorted } from './quantile.ts';

export interface BoxPlot {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  /** The furthest values that lie within 1.5 interquartile ranges of the box. */
  readonly low: number;
  readonly high: number;
  /** The values beyond, ascending; the most extreme ones of each side where there are more than `outlierLimit`. */
  readonly outliers: Float64Array;
  readonly outlierCount: number;
}

/** How far the whiskers may reach: Tukey's fences (Exploratory Data Analysis, 1977). */
export function tukeyFences(q1: number, q3: number): { low: number; high: number } {
  const reach = 1.5 * (q3 - q1);
  return { low: q1 - reach, high: q3 + reach };
}

/** @param sorted ascending, without NaN. Undefined for no values. */
export function boxPlot(sorted: Float64Array, outlierLimit = 100): BoxPlot | undefined {
  if (sorted.length === 0) return undefined;
  const q1 = quantileOfSorted(sorted, 0.25);
  const q3 = quantileOfSorted(sorted, 0.75);
  const fences = tukeyFences(q1, q3);
  const first = sorted.findIndex((value) => value >= fences.low);
  const last = sorted.findLastIndex((value) => value <= fences.high);
  const below = sorted.subarray(0, first);
  const above = sorted.subarray(last + 1);
  const half = Math.floor(outlierLimit / 2);
  // Each side may use what the other leaves.
  const keptBelow = Math.min(below.length, Math.max(half, outlierLimit - above.length));
  const keptAbove = Math.min(above.length, outlierLimit - keptBelow);
  return {
    q1,
    median: quantileOfSorted(sorted, 0.5),
    q3,
    low: sorted[first] ?? NaN,
    high: sorted[last] ?? NaN,
    outliers: new Float64Array([...below.subarray(0, keptBelow), ...above.subarray(above.length - keptAbove)]),
    outlierCount: below.length + above.length,
  };
}
