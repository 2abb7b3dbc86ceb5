/**
 * Trains a network in a process that may take so many megabytes more than it has (its address space: `prlimit` of util-linux), and prints in one line of
 * JSON what is told about it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { trainInThread } from '../../engine/neural/train-in-thread.ts';
import { toProblem } from '../../shared/errors.ts';
import type { TrainingControl, TrainingState } from '../../shared/neural/neural-service.ts';
import { network } from '../../shared/neural/network.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { drawnExamples } from './neural-nets.ts';

const [more = '0', batch = '0'] = process.argv.slice(2);
// One layer gives a gigabyte at once for 4096 rows: what cannot be had is asked for in one piece, and the rest of the process has room to speak.
const net = network.parse({
  input: { kind: 'table', numbers: 16 },
  layers: [
    { layer: 'dense', units: 8 },
    { layer: 'dense', units: 65_536, activation: 'gelu' },
  ],
  output: { kind: 'classes', count: 3 },
});
const batchSize = Number(batch);
let wake: ((state: TrainingState) => void) | undefined;
const control: TrainingControl = {
  // It stands still until the limit holds: by then everything that a training loads and reserves is there, and what is left is for its numbers.
  state: 'pause',
  onChange: (listener) => {
    wake = listener;
    return () => undefined;
  },
};
const limit = (): void => {
  const pageBytes = 4096;
  const taken = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]) * pageBytes;
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${taken + Number(more) * 2 ** 20}`]);
};
const reported = await trainInThread(
  {
    network: net,
    train: drawnExamples(net, batchSize),
    settings: trainingSettings.parse({ epochs: 1, batchSize }),
    device: 'cpu',
    onPause: (paused) => {
      if (!paused) return;
      limit();
      wake?.('run');
    },
  },
  { threads: 1, signal: new AbortController().signal, control },
).then(
  ({ ended }) => ({ ended }),
  (thrown: unknown) => ({ problem: toProblem(thrown) }),
);
process.stdout.write(`${JSON.stringify(reported)}\n`);
