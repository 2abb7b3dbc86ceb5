import { randomGenerator } from '../random/random-generator.ts';
import { quantileOfSorted } from './quantile.ts';

/** Rows drawn in all: more resamples for few rows. */
const mostDraws = 2e7;
const [fewestResamples, mostResamples] = [200, 1000];
/** Above, an interval would be narrower than the digits that are shown. */
export const mostBootstrapRows = 200_000;
/** Where a statistic is undefined in more than this share of the resamples (a class that has few rows), there is no interval. */
const mostUndefined = 0.05;

export type Interval = [low: number, high: number];

/**
 * Intervals by the percentile bootstrap (Efron 1979; `scipy.stats.bootstrap` with `method="percentile"`): as many rows are drawn with replacement, the statistics are
 * computed from them, and the quantiles of what many such draws give are the interval. The same rows give the same interval.
 *
 * @param rows number of rows, at least 2
 * @param statistics the values from how often each row was drawn, an array of length `rows` that is used again; NaN: undefined for this draw
 * @returns for each statistic its interval; undefined above `mostBootstrapRows` rows, below two, or where the statistic is often undefined
 */
export function bootstrapIntervals(
  rows: number,
  statistics: (drawn: Float64Array) => readonly number[],
  { confidence = 0.95, seed = 'bootstrap' }: { confidence?: number; seed?: number | string } = {},
): (Interval | undefined)[] {
  if (rows < 2 || rows > mostBootstrapRows) return [];
  const resamples = Math.min(mostResamples, Math.max(fewestResamples, Math.floor(mostDraws / rows)));
  const random = randomGenerator(seed);
  const drawn = new Float64Array(rows);
  const found: number[][] = [];
  for (let resample = 0; resample < resamples; resample++) {
    drawn.fill(0);
    for (let i = 0; i < rows; i++) {
      const row = random.nextBelow(rows);
      drawn[row] = (drawn[row] ?? 0) + 1;
    }
    statistics(drawn).forEach((value, k) => {
      const own = (found[k] ??= []);
      if (Number.isFinite(value)) own.push(value);
    });
  }
  const tail = (1 - confidence) / 2;
  return found.map((values): Interval | undefined => {
    if (values.length < (1 - mostUndefined) * resamples) return undefined;
    const sorted = Float64Array.from(values).sort();
    return [quantileOfSorted(sorted, tail), quantileOfSorted(sorted, 1 - tail)];
  });
}
