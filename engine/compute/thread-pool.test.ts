import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensembleToJson } from '../../methods/trees/ensemble-json.ts';
import { trainBoosting } from '../../methods/trees/train-boosting.ts';
import type { BoostingJob } from '../../methods/trees/boosting-job.ts';
import { treeKernels } from '../../test/support/tree-kernels.ts';
import { openThreadPool, type ThreadPool } from './thread-pool.ts';

let kernels: Uint8Array;
let pool: ThreadPool;
beforeAll(async () => {
  kernels = await treeKernels();
  pool = openThreadPool();
});
afterAll(async () => {
  await pool[Symbol.asyncDispose]();
});

const rows = 50_000;
const columns = 7;

/** Continuous, coarse and two-valued columns, some values missing. */
function features(): Float32Array {
  let state = 7;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    if (next() < 0.03) return NaN;
    const column = i % columns;
    return column === 6 ? Math.round(next()) : column === 5 ? Math.floor(next() * 12) : next();
  });
}
const x = features();
const signal = (row: number): number =>
  (x[row * columns] || 0) +
  (x[row * columns + 1] || 0) * (x[row * columns + 6] || 0) +
  (x[row * columns + 5] || 0) / 12;
const score = Float64Array.from({ length: rows }, (_, row) => signal(row));

const targets: Pick<BoostingJob, 'objective' | 'classes' | 'target'>[] = [
  { objective: 'logistic', target: Int32Array.from(score, (s) => (s > 1 ? 1 : 0)) },
  { objective: 'squared-error', target: score },
  { objective: 'softmax', classes: 3, target: Int32Array.from(score, (s) => Math.min(2, Math.floor(s * 1.5))) },
];
const ways = [
  { growth: 'leaf', maxLeaves: 15 },
  { growth: 'depth', maxDepth: 5, maxLeaves: 0, minRowsInLeaf: 1, rowFraction: 0.7, columnFraction: 0.6 },
] as const;

describe('boosting in several threads', () => {
  it.each(targets.flatMap((target) => ways.map((params) => ({ ...target, params }))))(
    'gives the bytes of one thread: $objective by $params.growth',
    async (job) => {
      const weights = Float64Array.from(score, (s) => 0.5 + s);
      const validation = { features: x.subarray(0, 1000 * columns), rows: 1000, target: job.target.slice(0, 1000) };
      const texts = [];
      for (const threads of [1, 2, 3]) {
        const { ensemble, history } = await trainBoosting({
          ...job,
          features: x,
          rows,
          columns,
          weights,
          validation,
          kernels,
          threads,
          startWorkers: pool.startWorkers,
          seed: 3,
          params: { rounds: 4, ...job.params },
        });
        texts.push(JSON.stringify([ensembleToJson(ensemble), history]));
      }
      expect(texts[1]).toBe(texts[0]);
      expect(texts[2]).toBe(texts[0]);
    },
  );

  it('ends with the reason of its signal, and the pool serves the next training', async () => {
    const job = { ...targets[0]!, features: x, rows, columns, kernels, threads: 2, startWorkers: pool.startWorkers };
    const stop = new AbortController();
    const running = trainBoosting({
      ...job,
      params: { rounds: 100_000 },
      signal: stop.signal,
      onProgress: ({ round }) => round === 2 && stop.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
    const { history } = await trainBoosting({ ...job, params: { rounds: 2 } });
    expect(history).toHaveLength(3);
  });
});

describe('a training whose threads fail', () => {
  const job = { ...targets[0]!, features: x, rows, columns, threads: 2 };
  it('ends with their error instead of waiting for them', async () => {
    const startWorkers = async () => ({
      terminate: async () => {},
      failed: Promise.reject(new Error('out of memory')),
    });
    await expect(trainBoosting({ ...job, kernels, startWorkers })).rejects.toThrow('out of memory');
  });
  it('ends with the error of starting them', async () => {
    const startWorkers = () => Promise.reject(new Error('no threads here'));
    await expect(trainBoosting({ ...job, kernels, startWorkers })).rejects.toThrow('no threads here');
  });
  it('ends when one of them dies in the middle', async () => {
    await using doomed = openThreadPool();
    const running = trainBoosting({
      ...job,
      kernels,
      startWorkers: doomed.startWorkers,
      params: { rounds: 100_000 },
      onProgress: ({ round }) => round === 2 && void doomed[Symbol.asyncDispose](),
    });
    await expect(running).rejects.toThrow('ended early');
  });
});

describe('a thread pool', () => {
  it('says that a module is not there', async () => {
    await expect(pool.startWorkers('trees/nothing', 1, {})).rejects.toThrow('There is no module trees/nothing');
  });
  it('says why a thread failed', async () => {
    const started = await pool.startWorkers('trees/lane-worker', 1, { wrong: true });
    await expect(started.failed).rejects.toThrow('this is no lane of a training');
    await started.terminate();
  });
});
