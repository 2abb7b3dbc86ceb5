import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { labelStatistics } from '../evaluation/label-statistics.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { bootstrapIntervals, mostBootstrapRows } from './bootstrap.ts';

interface Fixtures {
  truth: number[];
  predicted: number[];
  score: number[];
  intervals: Record<string, [number, number]>;
}
const fixtures: Fixtures = JSON.parse(readFileSync(new URL('./fixtures/bootstrap.json', import.meta.url), 'utf8'));

test('percentile intervals of accuracy, F1, ROC AUC and more are those of SciPy and scikit-learn, but for the chance of the draws', () => {
  const names = Object.keys(fixtures.intervals);
  const rows = fixtures.truth.length;
  const statistics = labelStatistics(
    {
      classCount: 2,
      truth: Int32Array.from(fixtures.truth),
      predicted: Int32Array.from(fixtures.predicted),
      positive: 1,
      score: Float64Array.from(fixtures.score),
    },
    names,
  );
  const found = bootstrapIntervals(rows, statistics);
  names.forEach((name, k) => {
    const [low = NaN, high = NaN] = fixtures.intervals[name] ?? [];
    const width = high - low;
    expect(Math.abs((found[k]?.[0] ?? NaN) - low) / width, `${name}, low`).toBeLessThan(0.1);
    expect(Math.abs((found[k]?.[1] ?? NaN) - high) / width, `${name}, high`).toBeLessThan(0.1);
  });
});

test('of 200 samples of a known share, about 95 % of the intervals hold it', () => {
  const random = randomGenerator('coverage');
  const rows = 200;
  const holds = Array.from({ length: 200 }, () => {
    const right = Array.from({ length: rows }, () => (random.nextFloat() < 0.7 ? 1 : 0));
    const [interval = [NaN, NaN]] = bootstrapIntervals(rows, (drawn) => [
      drawn.reduce((sum, n, i) => sum + n * (right[i] ?? 0), 0) / rows,
    ]);
    return interval[0] <= 0.7 && 0.7 <= interval[1];
  }).filter(Boolean).length;
  expect(holds).toBeGreaterThanOrEqual(178);
  expect(holds).toBeLessThanOrEqual(199);
});

test('there is no interval of one row, of very many, or where the statistic is often undefined', () => {
  expect(bootstrapIntervals(1, () => [1])).toEqual([]);
  expect(bootstrapIntervals(mostBootstrapRows + 1, () => [1])).toEqual([]);
  const [always, rarely] = bootstrapIntervals(20, (drawn) => [1, (drawn[0] ?? 0) > 0 ? 1 : NaN]);
  expect(always).toEqual([1, 1]);
  expect(rarely).toBeUndefined();
});
