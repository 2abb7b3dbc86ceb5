/** Percentile intervals of a text metric by resampling pairs (Koehn, 2004, "Statistical significance tests for machine translation evaluation"). */
import { largest } from '../../shared/append.ts';
import { randomGenerator } from '../random/random-generator.ts';
import type { TextMetric } from './text-metric.ts';

export interface Interval {
  low: number;
  high: number;
}
export interface IntervalOptions {
  resamples?: number;
  seed: number | string;
  /** Of 100: 95 gives the 2.5th and the 97.5th percentile. */
  confidence?: number;
}

/**
 * @param rows the numbers of each pair (`metric.statistics`).
 * @returns `undefined` with fewer than two pairs, or where the score is not defined on any resample.
 */
export function bootstrapInterval(
  metric: Pick<TextMetric, 'score'>,
  rows: readonly (readonly number[])[],
  { resamples = 1000, seed, confidence = 95 }: IntervalOptions,
): Interval | undefined {
  if (rows.length < 2) return undefined;
  const width = largest(rows.map((row) => row.length));
  const numbers = Float64Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, i) => row[i] ?? 0)));
  const random = randomGenerator(seed);
  const scores = new Float64Array(resamples);
  const sums = new Float64Array(width);
  for (let resample = 0; resample < resamples; resample++) {
    sums.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const from = random.nextBelow(rows.length) * width;
      for (let k = 0; k < width; k++) sums[k] = (sums[k] ?? 0) + (numbers[from + k] ?? 0);
    }
    scores[resample] = metric.score([...sums]);
  }
  const defined = scores.filter((score) => !Number.isNaN(score)).sort();
  return defined.length === 0 ? undefined : percentiles(defined, confidence);
}

export interface PairedComparison extends Interval {
  /** b − a over all pairs. */
  difference: number;
  /** Two-sided: how likely so large a difference is where both are equally good. */
  p: number;
}

/** Whether b is better than a on the same pairs: both scored on the same resamples. */
export function compareByBootstrap(
  metric: Pick<TextMetric, 'score'>,
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
  { resamples = 1000, seed, confidence = 95 }: IntervalOptions,
): PairedComparison {
  const random = randomGenerator(seed);
  const scoreOf = (rows: readonly (readonly number[])[], choice: readonly number[]): number => {
    const sums: number[] = [];
    for (const row of choice) rows[row]?.forEach((value, i) => (sums[i] = (sums[i] ?? 0) + value));
    return metric.score(sums);
  };
  const all = a.map((_, i) => i);
  const difference = scoreOf(b, all) - scoreOf(a, all);
  const drawn = Float64Array.from({ length: resamples }, () => {
    const choice = all.map(() => random.nextBelow(all.length));
    return scoreOf(b, choice) - scoreOf(a, choice);
  }).sort();
  // Around the difference found, as Riezler and Maxwell (2005) shift it: the tail beyond the difference itself.
  const mean = drawn.reduce((sum, value) => sum + value, 0) / resamples;
  const beyond = drawn.filter((value) => Math.abs(value - mean) >= Math.abs(difference)).length;
  return { difference, ...percentiles(drawn, confidence), p: (beyond + 1) / (resamples + 1) };
}

function percentiles(sorted: Float64Array, confidence: number): Interval {
  const tail = (1 - confidence / 100) / 2;
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const [low = NaN, high = low] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
    return low + (place - below) * (high - low);
  };
  return { low: at(tail), high: at(1 - tail) };
}

/** Wilson's interval of a share (Wilson, 1927) at 95 %. `undefined` without trials. */
export function wilsonInterval(hits: number, trials: number): Interval | undefined {
  if (trials === 0) return undefined;
  const z = 1.959963984540054;
  const share = hits / trials;
  const middle = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half =
    (z / (1 + (z * z) / trials)) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
