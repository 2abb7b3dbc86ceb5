/** PCA against scikit-learn, and what it refuses. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { raw } from '../../shared/sql.ts';
import { openBench, type NodeBench } from '../../test/support/node-bench.ts';
import { fitPca, type Pca, type PcaSettings } from './fit-pca.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

const matrix = z.array(z.array(z.number()));
const fixtures = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        train: z.int(),
        values: matrix,
        fits: z.array(
          z.object({
            keep: z.union([z.object({ components: z.int() }), z.object({ share: z.number() })]),
            mean: z.array(z.number()),
            components: matrix,
            variance: z.array(z.number()),
            ratio: z.array(z.number()),
          }),
        ),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/pca.json', import.meta.url), 'utf8')));

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

async function learn(rows: readonly (readonly number[])[], settings: PcaSettings, by: NodeBench = bench): Promise<Pca> {
  const values = rows.map((row) => `(${row.map((v) => `'${v}'::DOUBLE`).join(', ')})`);
  const names = (rows[0] ?? []).map((_, i) => `x${i}`);
  const table = await by.table('t', `SELECT * FROM (VALUES ${values.join(', ')}) AS t(${names.join(', ')})`);
  return fitPca(by.query, table.ref, table.columns, settings);
}

/** The largest difference, in parts of the largest number. */
function distance(got: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  expect(got.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
  const size = wanted.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return got.flat().reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted.flat()[i] ?? NaN)) / size), 0);
}

describe.each(fixtures.cases)('as scikit-learn: $name', ({ values, train, fits }) => {
  it.each(fits)('$keep', async ({ keep, mean, components, variance, ratio }) => {
    const found = await learn(values.slice(0, train), { keep });
    expect(found.components).toHaveLength(components.length);
    expect(distance([found.means], [mean])).toBeLessThan(1e-9);
    expect(distance(found.components, components)).toBeLessThan(1e-9);
    const kept = found.variances.slice(0, variance.length);
    kept.forEach((value, i) => expect(Math.abs(value / (variance[i] ?? NaN) - 1)).toBeLessThan(1e-9));
    const total = found.variances.reduce((a, b) => a + b, 0);
    expect(distance([kept.map((value) => value / total)], [ratio])).toBeLessThan(1e-9);
  });
});

it('is the same to the bit for any order of rows and number of threads', async () => {
  const select = 'SELECT sin(i) * 1e6 + i / 7.0 AS x0, cos(i * i) AS x1, i % 13 AS x2 FROM range(300000) AS r(i)';
  const fit = async (threads: number, order: string): Promise<Pca> => {
    const other = await openBench(threads);
    try {
      const table = await other.table('t', `${select} ${order}`);
      return await fitPca(other.query, table.ref, table.columns, { keep: { components: 3 } });
    } finally {
      other.close();
    }
  };
  expect(await fit(4, 'ORDER BY hash(i)')).toEqual(await fit(1, ''));
});

it.each([
  {
    what: 'a missing value',
    rows: [
      [1, 2],
      [2, NaN],
      [3, 5],
    ],
    code: 'pca.missing',
    column: 'x1',
  },
  {
    what: 'an infinite value',
    rows: [
      [1, 2],
      [2, Infinity],
      [3, 5],
    ],
    code: 'prepare.infinite',
    column: 'x1',
  },
  { what: 'one row', rows: [[1, 2]], code: 'pca.too-few-rows' },
  {
    what: 'constant columns',
    rows: [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    code: 'pca.no-variance',
  },
  {
    what: 'fewer directions than components',
    rows: [
      [1, 2],
      [2, 4],
      [3, 6],
    ],
    code: 'pca.too-many-components',
  },
  {
    what: 'values too far apart',
    rows: [
      [1e300, 2],
      [-1e300, 4],
      [3, 6],
    ],
    code: 'pca.too-wide',
    column: 'x0',
  },
])('$what is refused in words', async ({ rows, code, column }) => {
  await expect(learn(rows, { keep: { components: 2 } })).rejects.toMatchObject({
    code,
    problem: column === undefined ? {} : { column },
  });
});

it('no column is refused in words', async () => {
  await expect(fitPca(bench.query, raw('t'), [], { keep: { components: 1 } })).rejects.toMatchObject({
    code: 'pca.no-columns',
  });
});

describe('eigenvectors', () => {
  it('give the matrix back, whose small values stand beside large ones', async () => {
    const size = 30;
    const scales = Array.from({ length: size }, (_, i) => 10 ** (i / 3));
    const matrixOf = Float64Array.from({ length: size * size }, (_, at) => {
      const [i, j] = [Math.floor(at / size), at % size];
      return (i === j ? 1 : 0.5 / (1 + Math.abs(i - j))) * (scales[i] ?? 0) * (scales[j] ?? 0);
    });
    const { values, vectors } = await symmetricEigen(matrixOf, size);
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    let worst = 0;
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++)
          sum += (values[k] ?? 0) * (vectors[k * size + i] ?? 0) * (vectors[k * size + j] ?? 0);
        const scale = (scales[i] ?? 0) * (scales[j] ?? 0);
        worst = Math.max(worst, Math.abs(sum - (matrixOf[i * size + j] ?? 0)) / scale);
      }
    expect(worst).toBeLessThan(1e-12);
  });

  it('of nothing are nothing, of a stopped task none', async () => {
    expect(await symmetricEigen(new Float64Array(0), 0)).toEqual({
      values: new Float64Array(0),
      vectors: new Float64Array(0),
    });
    await expect(
      symmetricEigen(new Float64Array([1, 2, 2, 1]), 2, { signal: { aborted: true, reason: new Error('ended') } }),
    ).rejects.toThrow('ended');
  });
});
