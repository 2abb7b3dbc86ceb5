import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockedSum, weightedMean } from './blocked-sum.ts';
import { boxPlot } from './box-plot.ts';
import { niceBins } from './nice-bins.ts';
import { quantileOfSorted, weightedMedian } from './quantile.ts';
import { sortedOrder } from './sorted-order.ts';
import { incompleteBeta, logGamma, studentTTail } from './student-t.ts';

interface Fixtures {
  quantiles: { values: number[]; shares: number[]; quantiles: number[] }[];
  weightedMedians: { values: number[]; weight: number[]; median: number }[];
  studentT: { t: number; degreesOfFreedom: number; tail: number }[];
  incompleteBeta: { a: number; b: number; x: number; value: number }[];
  logGamma: { x: number; value: number }[];
}
const fixtures: Fixtures = JSON.parse(readFileSync(new URL('./fixtures/statistics.json', import.meta.url), 'utf8'));
const relative = (got: number, wanted: number): number => Math.abs(got - wanted) / Math.max(Math.abs(wanted), 1e-300);

describe('as the references', () => {
  test('quantiles as NumPy', () => {
    for (const { values, shares, quantiles } of fixtures.quantiles) {
      expect(shares.map((share) => quantileOfSorted(Float64Array.from(values), share))).toEqual(quantiles);
    }
    expect(quantileOfSorted(new Float64Array(), 0.5)).toBeNaN();
  });

  test('weighted medians as scikit-learn', () => {
    for (const { values, weight, median } of fixtures.weightedMedians) {
      const numbers = Float64Array.from(values);
      expect(weightedMedian(numbers, Float64Array.from(weight), sortedOrder(numbers))).toBe(median);
    }
    expect(weightedMedian(Float64Array.of(1), Float64Array.of(0), Uint32Array.of(0))).toBeNaN();
  });

  test('tails of Student’s t and their parts as SciPy', () => {
    for (const { t, degreesOfFreedom, tail } of fixtures.studentT)
      expect(relative(studentTTail(t, degreesOfFreedom), tail), `t ${t}, ${degreesOfFreedom}`).toBeLessThan(1e-9);
    for (const { a, b, x, value } of fixtures.incompleteBeta)
      expect(Math.abs(incompleteBeta(a, b, x) - value), `${a} ${b} ${x}`).toBeLessThan(1e-12);
    for (const { x, value } of fixtures.logGamma)
      expect(Math.abs(logGamma(x) - value), `${x}`).toBeLessThan(1e-13 * Math.max(1, Math.abs(value)));
  });
});

describe('the order of numbers', () => {
  const anyNumbers = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, NaN, Infinity, -Infinity, 5e-324)), {
    maxLength: 60,
  });
  const byComparing = (values: Float64Array): number[] =>
    Array.from(values.keys()).sort((a, b) => {
      const [left, right] = [values[a] ?? 0, values[b] ?? 0];
      if (Number.isNaN(left) || Number.isNaN(right))
        return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
      return left < right ? -1 : left > right ? 1 : a - b;
    });

  test('is that of comparing, stable, NaN last; for few and for many', () => {
    fc.assert(
      fc.property(anyNumbers, (numbers) => {
        const few = Float64Array.from(numbers);
        expect(Array.from(sortedOrder(few))).toEqual(byComparing(few));
      }),
    );
    const many = Float64Array.from(
      { length: 9000 },
      (_, i) => [Math.sin(i * 37) * 10 ** ((i % 7) - 3), -0, 0, NaN, -Infinity, i % 5][i % 6] ?? 0,
    );
    expect(Array.from(sortedOrder(many))).toEqual(byComparing(many));
  });
});

describe('sums', () => {
  test('of a million tenths are off by no more than the last digits', () => {
    expect(relative(blockedSum(new Float64Array(1_000_000).fill(0.1)), 100_000)).toBeLessThan(1e-13);
  });

  test('a mean without rows or weight is no number', () => {
    expect(weightedMean(new Float64Array())).toBeNaN();
    expect(weightedMean(Float64Array.of(1), Float64Array.of(0))).toBeNaN();
    expect(weightedMean(Float64Array.of(1, 4), Float64Array.of(2, 1))).toBe(2);
  });
});

describe('histogram bins', () => {
  test('are round numbers', () => {
    expect(Array.from(niceBins({ min: 2700, max: 6300, rows: 342, q1: 3550, q3: 4750 }))).toEqual([
      2500, 3000, 3500, 4000, 4500, 5000, 5500, 6000, 6500,
    ]);
    expect(Array.from(niceBins({ min: 0, max: 0.97, rows: 30 }))).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  test('give a few whole numbers a bin each, and many whole edges', () => {
    expect(Array.from(niceBins({ min: 1, max: 3, rows: 10, whole: true }))).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect(niceBins({ min: 0, max: 1000, rows: 1e6, q1: 400, q3: 401, whole: true }).every(Number.isInteger)).toBe(
      true,
    );
  });

  test('hold one value in one bin', () => {
    expect(Array.from(niceBins({ min: 4, max: 4, rows: 3, whole: true }))).toEqual([3.5, 4.5]);
    expect(Array.from(niceBins({ min: 0, max: 0, rows: 3 }))).toEqual([-0.5, 0.5]);
  });

  test('cover the range in ascending order, within the limit', () => {
    const finite = fc.double({ noNaN: true, min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(
        finite,
        fc.double({ noNaN: true, min: 1e-6, max: 1e12 }),
        fc.integer({ min: 1, max: 1e7 }),
        (min, span, rows) => {
          const max = min + span;
          fc.pre(max > min && span > Math.abs(min) * 1e-9);
          const edges = Array.from(niceBins({ min, max, rows }));
          expect(edges[0]).toBeLessThanOrEqual(min + span * 1e-9);
          expect(edges.at(-1)).toBeGreaterThanOrEqual(max - span * 1e-9);
          expect(edges.length).toBeLessThanOrEqual(42);
          for (let i = 1; i < edges.length; i++) expect(edges[i]).toBeGreaterThan(edges[i - 1] ?? Infinity);
        },
      ),
    );
  });
});

describe('box plots', () => {
  test('end at the furthest value within the fences and list what lies beyond', () => {
    expect(boxPlot(Float64Array.of(-20, 1, 2, 3, 4, 5, 6, 7, 30, 40))).toEqual({
      q1: 2.25,
      median: 4.5,
      q3: 6.75,
      low: 1,
      high: 7,
      outliers: Float64Array.of(-20, 30, 40),
      outlierCount: 3,
    });
  });

  test('keep the most extreme outliers of both sides', () => {
    const box = boxPlot(Float64Array.of(-90, -80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 70, 80, 90), 3);
    expect([Array.from(box?.outliers ?? []), box?.outlierCount]).toEqual([[-90, 80, 90], 5]);
  });

  test('of nothing is nothing, of one value is that value', () => {
    expect(boxPlot(new Float64Array())).toBeUndefined();
    expect(boxPlot(Float64Array.of(2))).toEqual({
      q1: 2,
      median: 2,
      q3: 2,
      low: 2,
      high: 2,
      outliers: new Float64Array(),
      outlierCount: 0,
    });
  });
});
