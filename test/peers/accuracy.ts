/**
 * How well boosting predicts beside scikit-learn's HistGradientBoostingClassifier, each with its own defaults, on rows that both see: one line of JSON per seed.
 *
 *     node test/peers/accuracy.ts --python PATH [--rows 60000] [--seeds 5]
 *
 * `tenth` is what learning from nine tenths alone would give, `all` a training that never stops early.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { BoostingRows } from '../../methods/trees/boosting-job.ts';
import { predictTrees } from '../../methods/trees/predict.ts';
import { trainBoosting } from '../../methods/trees/train-boosting.ts';
import { treeKernels } from '../support/tree-kernels.ts';
import { rocAuc } from '../support/tree-peers.ts';

const columns = 20;
const peers = z.object({
  usual: z.object({ auc: z.number(), rounds: z.number() }),
  all: z.object({ auc: z.number(), rounds: z.number() }),
});

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['FLOWYARD_PYTHON'] ?? 'python3' },
    rows: { type: 'string', default: '60000' },
    seeds: { type: 'string', default: '5' },
  },
});
const rows = Number(values.rows);
const kernels = await treeKernels();
const folder = mkdtempSync(join(tmpdir(), 'flowyard-accuracy-'));
try {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const script = join(import.meta.dirname, 'accuracy.py');
    const said = execFileSync(values.python, [script, folder, String(rows), String(seed)], { encoding: 'utf8' });
    const theirs = peers.parse(JSON.parse(said));
    const [x, y] = [readFloats('x.f32'), readFloats('y.f32')];
    const choose = (wanted: (row: number) => boolean): BoostingRows => {
      const chosen = Array.from({ length: rows }, (_, row) => row).filter(wanted);
      const features = new Float32Array(chosen.length * columns);
      chosen.forEach((row, i) => features.set(x.subarray(row * columns, (row + 1) * columns), i * columns));
      return { features, rows: chosen.length, target: Float64Array.from(chosen, (row) => y[row] ?? 0) };
    };
    const learn = async (train: BoostingRows, rounds: number, validation?: BoostingRows) => {
      const params = { rounds, lambda: 0, patience: validation === undefined ? 0 : 30 };
      const job = { ...train, columns, objective: 'logistic', kernels, params } as const;
      const { ensemble, bestRound } = await trainBoosting(validation === undefined ? job : { ...job, validation });
      const scores = predictTrees(ensemble, x.subarray(rows * columns), rows);
      return { auc: rocAuc(y.subarray(rows), scores), rounds: bestRound };
    };
    const isAside = (row: number): boolean => row % 10 === 9;
    const tenth = await learn(
      choose((row) => !isAside(row)),
      100,
      choose(isAside),
    );
    const everyRow = choose(() => true);
    const usual = await learn(everyRow, tenth.rounds);
    const all = await learn(everyRow, 100);
    process.stdout.write(`${JSON.stringify({ seed, rows, ours: { usual, tenth, all }, scikitLearn: theirs })}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function readFloats(name: string): Float32Array {
  const bytes = readFileSync(join(folder, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
