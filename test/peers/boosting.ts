/**
 * Our boosting beside XGBoost (hist, depth 6) and LightGBM (31 leaves) on the same data with the same parameters: one line of JSON per case.
 *
 *     node test/peers/boosting.ts [--python PATH] [--repeats 3] [--cases 100k,1m]
 *
 * Without a Python that has xgboost and lightgbm (or FLOWYARD_PYTHON) only our own figures are printed. Seconds run from arrays in memory to a model,
 * the peers' own matrix included. Each repeat draws other rows: the shortest time counts, of AUC the mean, and all are listed. The sides take turns, so
 * that a busy machine hurts both.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { openThreadPool, type ThreadPool } from '../../engine/compute/thread-pool.ts';
import { predictTrees } from '../../methods/trees/predict.ts';
import { trainBoosting } from '../../methods/trees/train-boosting.ts';
import { treeKernels } from '../support/tree-kernels.ts';
import { rocAuc } from '../support/tree-peers.ts';

interface Sample {
  readonly features: Float32Array;
  readonly target: Uint8Array;
  readonly rows: number;
}
interface Run {
  readonly seconds: number;
  readonly auc: number;
  readonly peakMb?: number;
}

const sizes = {
  '100k': { rows: 100_000, columns: 20, testRows: 50_000 },
  '1m': { rows: 1_000_000, columns: 28, testRows: 200_000 },
};
const trees = 100;
const growths = [
  { peer: 'xgboost', name: 'depth 6', params: { growth: 'depth', maxDepth: 6, maxLeaves: 0 } },
  { peer: 'lightgbm', name: '31 leaves', params: { growth: 'leaf', maxDepth: 0, maxLeaves: 31 } },
] as const;

/** Normal features; the chance of class 1 depends on a few of them, alone and together. The same numbers on every machine. */
function generate(rows: number, columns: number, seed: number): Sample {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const features = Float32Array.from({ length: rows * columns }, () => next() + next() + next() + next() - 2);
  const target = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const x = (column: number): number => (features[row * columns + column] ?? 0) * 1.7;
    const score =
      0.6 * x(0) -
      0.5 * x(1) +
      0.8 * x(2) * x(3) +
      0.7 * Math.abs(x(4)) * Math.sign(x(5)) +
      (x(6) > 0.5 && x(7) < 0.3 ? 1 : -0.2) +
      0.3 * x(8) * x(8) -
      0.3 +
      0.4 * x(9) * x(10);
    target[row] = next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  return { features, target, rows };
}

async function runOurs(
  pool: ThreadPool,
  kernels: Uint8Array,
  train: Sample,
  test: Sample,
  columns: number,
  threads: number,
  params: (typeof growths)[number]['params'],
  minRowsInLeaf: number,
): Promise<Run> {
  const started = performance.now();
  const { ensemble } = await trainBoosting({
    ...train,
    target: Int32Array.from(train.target),
    columns,
    objective: 'logistic',
    kernels,
    threads,
    startWorkers: pool.startWorkers,
    params: { ...params, rounds: trees, lambda: 1, minChildWeight: 1, minRowsInLeaf },
  });
  const seconds = (performance.now() - started) / 1000;
  return { seconds, auc: rocAuc(test.target, predictTrees(ensemble, test.features, test.rows)) };
}

const peerLine = z.object({ seconds: z.number(), auc: z.number(), peakMb: z.number() });

function runPeer(
  python: string,
  peer: string,
  folder: string,
  train: Sample,
  test: Sample,
  columns: number,
  threads: number,
): Run {
  const script = join(import.meta.dirname, 'boosting.py');
  const args = [script, peer, folder, train.rows, test.rows, columns, threads, trees].map(String);
  return peerLine.parse(
    JSON.parse(execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })),
  );
}

const best = (runs: readonly Run[]): number => Math.min(...runs.map(({ seconds }) => seconds));
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const summary = (runs: readonly Run[]) => ({
  seconds: rounded(best(runs), 3),
  all: runs.map(({ seconds }) => rounded(seconds, 3)),
  auc: rounded(runs.reduce((sum, { auc }) => sum + auc, 0) / runs.length, 5),
  aucs: runs.map(({ auc }) => rounded(auc, 5)),
  ...(runs[0]?.peakMb !== undefined && { peakMb: runs[0].peakMb }),
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: 'string', default: process.env['FLOWYARD_PYTHON'] ?? '' },
      repeats: { type: 'string', default: '3' },
      cases: { type: 'string', default: '100k,1m' },
      'min-rows': { type: 'string', default: '1' },
    },
  });
  const kernels = await treeKernels();
  await using pool = openThreadPool();
  const wanted = values.cases.split(',');
  for (const [size, { rows, columns, testRows }] of Object.entries(sizes)) {
    if (!wanted.includes(size)) continue;
    const folder = mkdtempSync(join(tmpdir(), 'flowyard-boosting-'));
    try {
      const runs = growths.flatMap((growth) =>
        [1, 2].map((threads) => ({ ...growth, threads, ours: [] as Run[], theirs: [] as Run[] })),
      );
      for (let i = 0; i < Number(values.repeats); i++) {
        const train = generate(rows, columns, 2 * i + 1);
        const test = generate(testRows, columns, 2 * i + 2);
        for (const [name, sample] of Object.entries({ train, test })) {
          writeFileSync(join(folder, `${name}.f32`), sample.features);
          writeFileSync(join(folder, `${name}.u8`), sample.target);
        }
        for (const { peer, params, threads, ours, theirs } of runs) {
          ours.push(await runOurs(pool, kernels, train, test, columns, threads, params, Number(values['min-rows'])));
          if (values.python) theirs.push(runPeer(values.python, peer, folder, train, test, columns, threads));
        }
      }
      for (const { peer, name, threads, ours, theirs } of runs) {
        const line = {
          case: `${size} x ${columns}, ${name}`,
          threads,
          cores: cpus().length,
          ours: summary(ours),
          ...(theirs.length > 0 && { [peer]: summary(theirs), ratio: rounded(best(ours) / best(theirs), 2) }),
        };
        console.log(JSON.stringify(line));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

await main();
