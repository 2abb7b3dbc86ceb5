import { beforeAll, describe, expect, it } from 'vitest';
import { treeKernels } from '../../test/support/tree-kernels.ts';
import type { BoostingJob } from './boosting-job.ts';
import { featureImportance } from './ensemble.ts';
import { applyObjective, predictTrees } from './predict.ts';
import { estimateBoostingBytes, trainBoosting } from './train-boosting.ts';

let kernels: Uint8Array;
beforeAll(async () => {
  kernels = await treeKernels();
});

/** One tree with full steps and nothing held back, so that it can be worked out by hand. */
const oneTree = { rounds: 1, learningRate: 1, minRowsInLeaf: 1, minChildWeight: 0, maxLeaves: 2 } as const;

type Small = Omit<BoostingJob, 'kernels' | 'features' | 'rows' | 'columns' | 'target'> & {
  x: number[][];
  y: number[];
};
const job = ({ x, y, ...rest }: Small): BoostingJob => ({
  kernels,
  features: Float32Array.from(x.flat()),
  rows: y.length,
  columns: x[0]?.length ?? 0,
  target: Float64Array.from(y),
  ...rest,
});
const train = (small: Small) => trainBoosting(job(small));
const column = (...values: number[]): number[][] => values.map((value) => [value]);

describe('one tree, by hand', () => {
  it('a leaf of log loss is −G / (H + λ), the gain is G² / (H + λ) left and right less the parent', async () => {
    const { ensemble } = await train({
      x: column(1, 2, 3, 4),
      y: [0, 0, 1, 1],
      objective: 'logistic',
      params: { ...oneTree, lambda: 1 },
    });
    expect(ensemble.baseScores).toEqual([0]);
    const [tree] = ensemble.trees;
    expect(tree?.feature).toEqual(Int32Array.of(0, -1, -1));
    expect(tree?.threshold[0]).toBe(2.5);
    expect(tree?.left[0]).toBe(1);
    expect(tree?.right[0]).toBe(2);
    expect(tree?.value[1]).toBeCloseTo(-1 / 1.5, 6);
    expect(tree?.value[2]).toBeCloseTo(1 / 1.5, 6);
    expect(tree?.gain[0]).toBeCloseTo(2 / 1.5, 5);
    expect([...(tree?.cover ?? [])].map((c) => Number(c.toFixed(5)))).toEqual([1, 0.5, 0.5]);
  });

  it('a leaf of squared error is the mean residual, shrunk by λ and the learning rate', async () => {
    const { ensemble } = await train({
      x: column(1, 2, 3, 4, 5),
      y: [0, 0, 0, 10, 20],
      objective: 'squared-error',
      params: { ...oneTree, lambda: 1, learningRate: 0.5 },
    });
    expect(ensemble.baseScores).toEqual([6]);
    const [tree] = ensemble.trees;
    expect(tree?.threshold[0]).toBe(3.5);
    expect(tree?.value[1]).toBeCloseTo((0.5 * -18) / 4, 6);
    expect(tree?.value[2]).toBeCloseTo((0.5 * 18) / 3, 6);
    expect([...(tree?.cover ?? [])]).toEqual([5, 3, 2]);
  });

  it('a weight of 2 counts as two rows', async () => {
    const params = { ...oneTree, lambda: 1 };
    const doubled = await train({ x: column(1, 2, 2, 3), y: [1, 5, 5, 9], objective: 'squared-error', params });
    const weighted = await train({
      x: column(1, 2, 3),
      y: [1, 5, 9],
      weights: Float64Array.of(1, 2, 1),
      objective: 'squared-error',
      params,
    });
    expect(weighted.ensemble.baseScores).toEqual(doubled.ensemble.baseScores);
    weighted.ensemble.trees[0]?.value.forEach((value, node) =>
      expect(value).toBeCloseTo(doubled.ensemble.trees[0]?.value[node] ?? NaN, 4),
    );
  });

  it('softmax steps by −G / (H + λ) with h = 2 p (1 − p) for each class', async () => {
    const { ensemble } = await train({
      x: column(1, 2, 3),
      y: [0, 1, 2],
      objective: 'softmax',
      classes: 3,
      params: { ...oneTree, lambda: 0.5, maxLeaves: 3 },
    });
    expect(ensemble.trees).toHaveLength(3);
    const scores = predictTrees(ensemble, Float32Array.of(1), 1);
    const own = Math.fround(Math.log(1 / 3)) + 2 / 3 / (4 / 9 + 0.5);
    expect(scores[0]).toBeCloseTo(own, 5);
    expect(scores[1]).toBeCloseTo(Math.fround(Math.log(1 / 3)) - 1 / 3 / (4 / 9 + 0.5), 1);
  });
});

describe('missing values', () => {
  const params = { ...oneTree, lambda: 0 };
  it.each([
    ['right', [0, 0, 10, 10, 10, 10], 0, 2.5],
    ['left', [0, 0, 10, 10, 0, 0], 1, 2.5],
  ])('go %s when rows with a missing value are like those there', async (_, y, missingLeft, threshold) => {
    const { ensemble } = await train({ x: column(1, 2, 3, 4, NaN, NaN), y, objective: 'squared-error', params });
    const [tree] = ensemble.trees;
    expect([tree?.missingLeft[0], tree?.threshold[0]]).toEqual([missingLeft, threshold]);
    const predicted = predictTrees(ensemble, Float32Array.of(1, 2, 3, 4, NaN, NaN), 6);
    predicted.forEach((value, row) => expect(value).toBeCloseTo(y[row] ?? NaN, 5));
  });

  it('being missing can itself be the split', async () => {
    const { ensemble } = await train({
      x: column(1, 1, 1, NaN, NaN),
      y: [0, 0, 0, 5, 5],
      objective: 'squared-error',
      params,
    });
    expect(ensemble.trees[0]?.threshold[0]).toBe(Infinity);
    const predicted = predictTrees(ensemble, Float32Array.of(1, 1e30, Infinity, NaN), 4);
    [0, 0, 0, 5].forEach((value, row) => expect(predicted[row]).toBeCloseTo(value, 5));
  });

  it('follow the heavier side where training had none', async () => {
    const { ensemble } = await train({ x: column(1, 2, 3, 4), y: [0, 9, 9, 9], objective: 'squared-error', params });
    expect(predictTrees(ensemble, Float32Array.of(NaN), 1)[0]).toBeCloseTo(9, 5);
  });

  it('a column with nothing but missing values is never split', async () => {
    const { ensemble } = await train({
      x: [1, 2, 3, 4].map((value) => [NaN, value]),
      y: [0, 0, 1, 1],
      objective: 'logistic',
      params: { ...oneTree, maxLeaves: 8 },
    });
    expect([...featureImportance(ensemble).splits]).toEqual([0, 1]);
  });
});

describe('odd input', () => {
  it('infinities are the largest and smallest numbers', async () => {
    const { ensemble } = await train({
      x: column(-Infinity, -1, 1, Infinity),
      y: [0, 5, 5, 10],
      objective: 'squared-error',
      params: { ...oneTree, lambda: 0, maxLeaves: 3 },
    });
    const predicted = predictTrees(ensemble, Float32Array.of(-Infinity, -1, 1, Infinity), 4);
    [0, 5, 5, 10].forEach((value, row) => expect(predicted[row]).toBeCloseTo(value, 5));
  });

  it('one row gives its own value', async () => {
    const { ensemble, stopped } = await train({ x: column(3), y: [7], objective: 'squared-error' });
    expect([...predictTrees(ensemble, Float32Array.of(100), 1)]).toEqual([7]);
    expect(stopped).toBe('no-gain');
    expect(ensemble.trees).toHaveLength(1);
  });

  it('constant columns give the mean', async () => {
    const { ensemble } = await train({
      x: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      y: [1, 2, 6],
      objective: 'squared-error',
      params: oneTree,
    });
    expect([...predictTrees(ensemble, Float32Array.of(1, 1), 1)]).toEqual([3]);
  });

  it('150 classes of few rows each are told apart', async () => {
    const ids = Array.from({ length: 600 }, (_, i) => i % 150);
    const { ensemble } = await train({
      x: ids.map((id) => [id]),
      y: ids,
      objective: 'softmax',
      classes: 150,
      params: { rounds: 8, learningRate: 0.5, minRowsInLeaf: 1, minChildWeight: 0, lambda: 0.1 },
    });
    const p = applyObjective(ensemble, predictTrees(ensemble, Float32Array.from(ids), 600));
    const right = ids.filter((id, row) => {
      const own = p.subarray(row * 150, (row + 1) * 150);
      return own.indexOf(Math.max(...own)) === id;
    });
    expect(right).toHaveLength(600);
  });

  it('2,000 columns, of which one matters', async () => {
    const x = Array.from({ length: 60 }, (_, row) =>
      Array.from({ length: 2000 }, (_, c) => (row * (c + 7)) % (c === 1234 ? 60 : 2)),
    );
    const y = x.map((row) => row[1234] ?? 0);
    const { ensemble } = await train({ x, y, objective: 'squared-error', params: { rounds: 20, minRowsInLeaf: 1 } });
    const { gain } = featureImportance(ensemble);
    expect(gain.indexOf(Math.max(...gain))).toBe(1234);
  });

  it.each<[string, Partial<BoostingJob>]>([
    ['trees.no-rows', { rows: 0, features: new Float32Array(0), target: new Float64Array(0) }],
    ['trees.no-features', { columns: 0, features: new Float32Array(0) }],
    ['trees.shape', { features: new Float32Array(3) }],
    ['trees.one-class', { target: Float64Array.of(1, 1, 1, 1) }],
    ['trees.bad-target', { target: Float64Array.of(0, 1, 2, 1) }],
    ['trees.bad-target', { objective: 'squared-error', target: Float64Array.of(0, 1, NaN, 1) }],
    ['trees.bad-weight', { weights: Float64Array.of(1, -1, 1, 1) }],
    ['trees.bad-weight', { weights: Float64Array.of(0, 0, 0, 0) }],
    ['trees.bad-parameter', { params: { learningRate: 0 } }],
    ['trees.bad-parameter', { params: { maxLeaves: 0, maxDepth: 0 } }],
    ['trees.no-validation', { params: { patience: 5 } }],
  ])('is refused as %s (%#)', async (code, wrong) => {
    const good = job({ x: column(1, 2, 3, 4), y: [0, 0, 1, 1], objective: 'logistic' });
    await expect(trainBoosting({ ...good, ...wrong })).rejects.toMatchObject({ code });
  });

  it('is refused when it is larger than a memory can be, before anything is allocated', async () => {
    const huge = { ...job({ x: column(1), y: [1], objective: 'squared-error' }), rows: 60, columns: 2_000_000 };
    const rows = { features: new Float32Array(120_000_000), target: new Float64Array(60) };
    await expect(trainBoosting({ ...huge, ...rows })).rejects.toMatchObject({ code: 'trees.too-large' });
    expect(estimateBoostingBytes({ ...huge, ...rows })).toBeGreaterThan(2 ** 32);
  });
});

/** Numbers that look random and are the same everywhere. */
function table(rows: number, columns: number, seed: number) {
  let state = seed | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const features = Float32Array.from({ length: rows * columns }, () => (next() < 0.05 ? NaN : next() * 2 - 1));
  const signal = (row: number): number =>
    2 * (features[row * columns] || 0) +
    ((features[row * columns + 1] || 0) > 0 ? 1 : -1) * (features[row * columns + 2] || 0);
  const score = Float64Array.from({ length: rows }, (_, row) => signal(row));
  return { features, rows, columns, score, noise: Float64Array.from({ length: rows }, next) };
}

describe('a training', () => {
  const data = table(3000, 6, 99);
  const binary = Int32Array.from(data.score, (s, row) => ((data.noise[row] ?? 0) < 1 / (1 + Math.exp(-3 * s)) ? 1 : 0));
  const base = (): BoostingJob => ({ ...data, kernels, objective: 'logistic', target: binary });
  const logLoss = (p: Float64Array, y: Int32Array): number =>
    -p.reduce((sum, v, row) => sum + Math.log(y[row] ? v : 1 - v), 0) / p.length;

  it('reports the very loss that its model has', async () => {
    const reports: number[] = [];
    const { ensemble, history } = await trainBoosting({
      ...base(),
      params: { rounds: 20 },
      onProgress: ({ trainingLoss }) => reports.push(trainingLoss),
    });
    const p = applyObjective(ensemble, predictTrees(ensemble, data.features, data.rows));
    expect(history).toHaveLength(21);
    expect(reports).toEqual(history.map(({ trainingLoss }) => trainingLoss));
    expect(history.at(-1)?.trainingLoss).toBeCloseTo(logLoss(p, binary), 6);
  });

  it('stops when validation rows no longer gain, and keeps the best round', async () => {
    const other = table(1000, 6, 5);
    const target = Int32Array.from(other.score, (s, row) =>
      (other.noise[row] ?? 0) < 1 / (1 + Math.exp(-3 * s)) ? 1 : 0,
    );
    const { ensemble, history, bestRound, stopped } = await trainBoosting({
      ...base(),
      validation: { ...other, target },
      params: { rounds: 500, learningRate: 0.3, patience: 10 },
    });
    const losses = history.map(({ validationLoss }) => validationLoss);
    expect(stopped).toBe('patience');
    expect(losses.indexOf(Math.min(...losses))).toBe(bestRound);
    expect(losses).toHaveLength(bestRound + 11);
    expect(ensemble.trees).toHaveLength(bestRound);
    const p = applyObjective(ensemble, predictTrees(ensemble, other.features, other.rows));
    expect(logLoss(p, target)).toBeCloseTo(Math.min(...losses), 6);
  });

  it('waits while it is told to, and ends when it is asked with the first trees of the whole training', async () => {
    const params = { rounds: 2000, patience: 0 };
    let turns = 0;
    const { ensemble, stopped, history } = await trainBoosting({
      ...base(),
      params,
      turn: async () => {
        await new Promise((done) => setTimeout(done, 20));
        return ++turns > 2 ? 'finish' : 'run';
      },
    });
    expect(stopped).toBe('asked');
    const { length } = ensemble.trees;
    expect(length).toBe(history.length - 1);
    const whole = await trainBoosting({ ...base(), params: { ...params, rounds: length } });
    expect(ensemble).toEqual(whole.ensemble);
  });

  it('with a share of rows and columns depends on the seed alone', async () => {
    const params = { rounds: 10, rowFraction: 0.5, columnFraction: 0.5 };
    const [first, again, other] = await Promise.all(
      [1, 1, 2].map(async (seed) => (await trainBoosting({ ...base(), params, seed })).ensemble),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('is the same with so little memory that nodes are counted anew', async () => {
    const params = { rounds: 5, minRowsInLeaf: 1, maxLeaves: 63 } as const;
    for (const growth of ['leaf', 'depth'] as const) {
      const roomy = await trainBoosting({ ...base(), params: { ...params, growth } });
      const tight = await trainBoosting({ ...base(), params: { ...params, growth }, histogramBytes: 1 });
      expect(tight.ensemble).toEqual(roomy.ensemble);
    }
  });

  it('honours its limits', async () => {
    const { ensemble } = await trainBoosting({
      ...base(),
      params: { rounds: 3, growth: 'depth', maxDepth: 3, maxLeaves: 6, minRowsInLeaf: 50 },
    });
    const onlyTree = await trainBoosting({ ...base(), params: { rounds: 1, maxLeaves: 1000, minRowsInLeaf: 50 } });
    for (const tree of ensemble.trees) expect(tree.feature.filter((f) => f < 0).length).toBeLessThanOrEqual(6);
    const rowsByLeaf = new Map<number, number>();
    for (const score of predictTrees(onlyTree.ensemble, data.features, data.rows))
      rowsByLeaf.set(score, (rowsByLeaf.get(score) ?? 0) + 1);
    expect(Math.min(...rowsByLeaf.values())).toBeGreaterThanOrEqual(50);
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    const running = trainBoosting({
      ...base(),
      params: { rounds: 100_000 },
      signal: stop.signal,
      onProgress: ({ round }) => round === 3 && stop.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});
