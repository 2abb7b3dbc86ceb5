import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBench, type NodeBench } from '../../../test/support/node-bench.ts';
import { raw } from '../../../shared/sql.ts';
import { exactMean, exactSum } from './exact-sum.ts';

const benches: NodeBench[] = [];
beforeAll(async () => void benches.push(await openBench(1), await openBench(4)));
afterAll(() => benches.forEach((bench) => bench.close()));

/** The sum of doubles without any rounding, in units of 2^-1074. */
function trueSum(values: readonly number[]): number {
  const view = new DataView(new ArrayBuffer(8));
  let sum = 0n;
  for (const value of values) {
    view.setFloat64(0, value);
    const bits = view.getBigUint64(0);
    const exponent = (bits >> 52n) & 0x7ffn;
    const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0n ? 0n : 1n << 52n);
    const units = mantissa << (exponent === 0n ? 0n : exponent - 1n);
    sum += bits >> 63n === 0n ? units : -units;
  }
  // The leading 64 bits are more than a double holds; what is cut is below its last place.
  const shift = BigInt(Math.max(0, sum.toString(2).length - 64));
  return Number(sum >> shift) * 2 ** (Number(shift) - 537) * 2 ** -537;
}

const list = (values: readonly (number | null)[]): string =>
  values.map((v) => `(${v === null ? 'NULL' : `'${v}'`}::DOUBLE)`).join(', ');
async function sums(values: readonly (number | null)[], what = exactSum(raw('v'))): Promise<unknown[]> {
  const orders = [values, values.toReversed(), values.toSorted((a, b) => Math.abs(a ?? 0) - Math.abs(b ?? 0))];
  const found: unknown[] = [];
  for (const bench of benches)
    for (const order of orders) {
      const reader = await bench.connection.runAndReadAll(
        `SELECT ${what.render()} AS s FROM (VALUES ${list(order)}) AS t(v)`,
      );
      found.push(reader.getRows()[0]?.[0]);
    }
  return [...new Set(found)];
}

it.each<[string, (i: number) => number]>([
  ['prices', (i) => Math.round(((i * 7919) % 20000) + 1) / 100],
  ['both signs that nearly cancel', (i) => (i % 2 === 0 ? 1 : -1) * (1e6 + ((i * 7919) % 1000) / 7)],
  ['numbers around a millionth', (i) => ((i * 7919) % 1000) * 1.3e-9],
  ['whole numbers up to 2^42', (i) => (i % 5 === 0 ? 2 ** 42 - i : i)],
])('%s: the true sum, in every order and on any number of threads', async (_, value) => {
  const values = Array.from({ length: 3000 }, (__, i) => value(i));
  const found = await sums(values);
  expect(found).toHaveLength(1);
  const [sum, expected] = [Number(found[0]), trueSum(values)];
  expect(Math.abs(sum - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -52);
});

it.each<[string, (number | null)[], unknown]>([
  ['at the border of what fits', [2 ** 43, -(2 ** 43), 1.5], 1.5],
  ['beyond it', [2 ** 43, 2 ** 50, 0.25], 2 ** 43 + 2 ** 50 + 0.25],
  ['very large', [1e300, 1e300], 2e300],
  ['very small', [1e-12, 2e-12, 1e-300], 3e-12],
  ['very small among others', [1e-12, 4], 4 + 1e-12],
  ['the smallest that fits', [2 ** -30, 2 ** -30], 2 ** -29],
  ['zeros and missing values', [0, null, -0, null], 0],
  ['nothing but missing values', [null, null], null],
  ['an infinity', [Infinity, 1], Infinity],
  ['no number', [NaN, 1], NaN],
])('%s', async (_, values, expected) => {
  expect(await sums(values)).toEqual([expected]);
});

it('means leave missing values out', async () => {
  expect(await sums([0.25, 0.5, null, 0.75], exactMean(raw('v')))).toEqual([0.5]);
});
