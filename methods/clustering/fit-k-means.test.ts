import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { expectNear } from '../../test/support/run-graph.ts';
import { fitKMeans, type ClusterRows, type KMeansSettings } from './fit-k-means.ts';

const fixture = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        columns: z.int(),
        values: z.array(z.number()),
        best: z.object({ clusters: z.int(), inertia: z.number() }),
        fits: z.array(
          z.object({
            init: z.array(z.number()),
            weights: z.array(z.number()).nullable(),
            tolerance: z.number(),
            maxIterations: z.int(),
            centres: z.array(z.number()),
            labels: z.array(z.int()),
            inertia: z.number(),
            iterations: z.int(),
          }),
        ),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'k-means.json'), 'utf8')));

const settings: KMeansSettings = {
  clusters: 3,
  init: 'k-means++',
  starts: 10,
  maxIterations: 300,
  tolerance: 1e-4,
  seed: 0,
};
const rowsOf = (columns: number, values: readonly number[], weights: readonly number[] | null = null): ClusterRows => ({
  rows: values.length / columns,
  columns: Array.from({ length: columns }, (_, c) => `c${c}`),
  values: Float64Array.from(values),
  ...(weights === null ? {} : { weights: Float64Array.from(weights) }),
});

describe.each(fixture.cases)('scikit-learn on $name', ({ columns, values, fits, best }) => {
  it.each(fits.map((fit, i) => [i, fit] as const))('from given centres, %i', async (_, fit) => {
    const found = await fitKMeans(rowsOf(columns, values, fit.weights), {
      ...settings,
      clusters: fit.init.length / columns,
      init: Float64Array.from(fit.init),
      tolerance: fit.tolerance,
      maxIterations: fit.maxIterations,
    });
    expect([...found.labels]).toEqual(fit.labels);
    expectNear([...found.centres], fit.centres, 1e-9);
    expectNear([found.inertia], [fit.inertia], 1e-9);
    expect(found.iterations).toBe(fit.iterations);
  });

  it('k-means++ finds what fifty starts of scikit-learn find', async () => {
    const { inertia } = await fitKMeans(rowsOf(columns, values), { ...settings, clusters: best.clusters });
    expect(inertia).toBeLessThanOrEqual(best.inertia * 1.0001);
  });
});

it('the same seed gives the same bits, another one may not', async () => {
  const [{ columns, values } = { columns: 1, values: [] }] = fixture.cases;
  const fit = (seed: number) => fitKMeans(rowsOf(columns, values), { ...settings, seed, starts: 1 });
  expect(await fit(4)).toEqual(await fit(4));
});

it('equal rows make fewer clusters than were asked for, and no empty centre is lost', async () => {
  const found = await fitKMeans(rowsOf(1, [1, 1, 1, 5, 5]), settings);
  expect(found.inertia).toBeLessThan(1e-30);
  expect([...found.centres].map((value) => Number(value.toFixed(12))).sort((a, b) => a - b)).toEqual([1, 1, 5]);
});

it('random centres are different rows', async () => {
  const found = await fitKMeans(rowsOf(1, [0, 10, 20]), { ...settings, init: 'random', starts: 1 });
  expect([...found.centres].sort((a, b) => a - b)).toEqual([0, 10, 20]);
});

it.each([
  ['k-means.missing', rowsOf(2, [1, NaN, 2, 3, 4, 5])],
  ['k-means.too-few-rows', rowsOf(2, [1, 2])],
  ['k-means.too-large', rowsOf(1, [1, 2, 3, 1e200])],
])('%s is said', async (code, rows) => {
  await expect(fitKMeans(rows, settings)).rejects.toMatchObject({ code });
});
