import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { treeKernels } from '../../test/support/tree-kernels.ts';
import { featureImportance, type TreeEnsemble } from './ensemble.ts';
import { ensembleFromJson, ensembleToJson } from './ensemble-json.ts';
import type { BoostingParams } from './params.ts';
import { applyObjective, predictTrees } from './predict.ts';
import { trainBoosting } from './train-boosting.ts';

let kernels: Uint8Array;
beforeAll(async () => {
  kernels = await treeKernels();
});

const params: Partial<BoostingParams> = {
  rounds: 5,
  minRowsInLeaf: 1,
  minChildWeight: 0,
  maxLeaves: 8,
  learningRate: 0.5,
};
/** One split, the full step: what is gained is the same whichever of equally good splits wins. */
const oneSplit: Partial<BoostingParams> = { ...params, rounds: 1, maxLeaves: 2, learningRate: 1, lambda: 0 };
const columns = 3;

/** Small tables with ties, missing values and a noisy target. */
const tables = fc
  .array(
    fc.record({
      x: fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -20, max: 20 }) }, fc.constant(NaN)), {
        minLength: columns,
        maxLength: columns,
      }),
      y: fc.integer({ min: -8, max: 8 }),
    }),
    { minLength: 2, maxLength: 60 },
  )
  .map((rows) => ({ x: rows.map((row) => row.x), y: rows.map((row) => row.y) }));

async function train(
  x: readonly number[][],
  y: readonly number[],
  { weights, ...own }: Partial<BoostingParams> & { weights?: Float64Array } = {},
): Promise<TreeEnsemble> {
  const { ensemble } = await trainBoosting({
    kernels,
    objective: 'squared-error',
    features: Float32Array.from(x.flat()),
    rows: y.length,
    columns: x[0]?.length ?? 0,
    target: Float64Array.from(y),
    params: { ...params, ...own },
    ...(weights && { weights }),
  });
  return ensemble;
}
const predict = (ensemble: TreeEnsemble, x: readonly number[][]): Float64Array =>
  predictTrees(ensemble, Float32Array.from(x.flat()), x.length);
const check = (property: fc.IAsyncProperty<unknown>) => fc.assert(property, { numRuns: 40 });

describe('for any table', () => {
  it('a row is predicted alone as among others, to the bit', () =>
    check(
      fc.asyncProperty(tables, async ({ x, y }) => {
        const ensemble = await train(x, y);
        const together = predict(ensemble, x);
        expect(x.map((row) => predict(ensemble, [row])[0])).toEqual([...together]);
      }),
    ));

  it('a rising transformation of a column leaves every prediction as it was', () =>
    check(
      fc.asyncProperty(tables, async ({ x, y }) => {
        const bent = x.map((row) =>
          row.map((value, column) => (column === 1 ? Math.fround(value ** 3 + 5 * value) : value)),
        );
        expect(predict(await train(bent, y), bent)).toEqual(predict(await train(x, y), x));
      }),
    ));

  it('each training row falls in the leaf that training put it in: the loss of the predictions is the reported one', () =>
    check(
      fc.asyncProperty(tables, async ({ x, y }) => {
        const { ensemble, history } = await trainBoosting({
          kernels,
          objective: 'squared-error',
          features: Float32Array.from(x.flat()),
          rows: y.length,
          columns,
          target: Float64Array.from(y),
          params,
        });
        const squares = predict(ensemble, x).reduce((sum, p, row) => sum + (p - (y[row] ?? 0)) ** 2, 0);
        expect(history.at(-1)?.trainingLoss).toBeCloseTo(Math.sqrt(squares / y.length), 9);
      }),
    ));

  it('the gain of the best split does not depend on the order of the columns', () =>
    check(
      fc.asyncProperty(tables, async ({ x, y }) => {
        const moved = x.map((row) => [2, 0, 1].map((from) => row[from] ?? NaN));
        const [before, after] = [await train(x, y, oneSplit), await train(moved, y, oneSplit)];
        expect(after.trees[0]?.gain[0]).toBe(before.trees[0]?.gain[0]);
      }),
    ));

  it('doubling rows is weighting them by two', () =>
    check(
      fc.asyncProperty(tables, async ({ x, y }) => {
        const weighted = await train(x, y, { ...oneSplit, weights: new Float64Array(y.length).fill(2) });
        const doubled = await train([...x, ...x], [...y, ...y], oneSplit);
        const loss = (p: Float64Array): number =>
          p.reduce((sum, v, row) => sum + (v - (y[row] ?? 0)) ** 2, 0) / y.length;
        expect(loss(predict(weighted, x))).toBeCloseTo(loss(predict(doubled, x)), 4);
      }),
    ));

  it('what is saved and read again is the same, and saves to the same text', () =>
    check(
      fc.asyncProperty(tables, async ({ x, y }) => {
        const ensemble = await train(x, y);
        const text = JSON.stringify(ensembleToJson(ensemble));
        const read = ensembleFromJson(JSON.parse(text));
        expect(read).toEqual(ensemble);
        expect(JSON.stringify(ensembleToJson(read))).toBe(text);
      }),
    ));
});

it('distinct columns keep their importance when they change places', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i + 1)]);
  const y = rows.map(([a = 0, b = 0, c = 0]) => 3 * a + b * c);
  const order = [2, 0, 1];
  const before = featureImportance(await train(rows, y));
  const after = featureImportance(
    await train(
      rows.map((row) => order.map((from) => row[from] ?? NaN)),
      y,
    ),
  );
  expect([...after.gain]).toEqual(order.map((from) => before.gain[from]));
  expect([...after.cover]).toEqual(order.map((from) => before.cover[from]));
});

it('probabilities of softmax sum to one and those of logistic lie between', () => {
  const shape = { columns: 1, trees: [] };
  const softmax = applyObjective(
    { ...shape, objective: 'softmax', outputs: 3, baseScores: [0, 0, 0] },
    Float64Array.of(1000, 0, -1000),
  );
  expect([...softmax]).toEqual([1, 0, 0]);
  const logistic = applyObjective(
    { ...shape, objective: 'logistic', outputs: 1, baseScores: [0] },
    Float64Array.of(-800, 0, 800),
  );
  expect([...logistic]).toEqual([0, 0.5, 1]);
});
