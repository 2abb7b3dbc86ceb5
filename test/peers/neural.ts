/**
 * Training of four networks beside PyTorch, and what a training does to the host: one line of JSON a case.
 *
 *     npm run bench -- neural [--python PATH] [--nets mlp-512,cnn] [--epochs 4] [--repeats 3] [--threads N] [--device cpu|gpu] [--no-host]
 *
 * Without a Python that has torch (or FLOWYARD_PYTHON) only our own figures are printed. Steps a second of the best epoch (the first aside) of the best
 * repeat; the sides take turns, so that a busy machine hurts both. `--device gpu` trains on WebGPU beside PyTorch on CUDA.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { deviceChoice, trainingSettings } from '../../shared/neural/training-settings.ts';
import { trainInThread } from '../../engine/neural/train-in-thread.ts';
import { drawnExamples, drawnWeights, nets } from '../support/neural-nets.ts';
import { measureHost } from './neural-host.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['FLOWYARD_PYTHON'] ?? '' },
    nets: { type: 'string', default: Object.keys(nets).join(',') },
    epochs: { type: 'string', default: '4' },
    repeats: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(availableParallelism()) },
    device: { type: 'string', default: 'cpu' },
    'no-host': { type: 'boolean', default: false },
  },
});
const [epochs, repeats, threads] = [Number(values.epochs), Number(values.repeats), Number(values.threads)];
const device = deviceChoice.parse(values.device);
const peer = z.object({ stepsPerSecond: z.number(), losses: z.array(z.number()), torch: z.string() });

async function ours(name: string): Promise<{ stepsPerSecond: number; loss: number; on: string }> {
  const net = nets[name];
  if (net === undefined) throw new Error(`there is no net ${name}`);
  const settings = trainingSettings.parse({ epochs, batchSize: net.batch, keepBest: false });
  const trained = await trainInThread(
    {
      network: net.network,
      train: drawnExamples(net.network, net.rows),
      initial: drawnWeights(net.network),
      settings,
      device,
    },
    { threads, signal: new AbortController().signal },
  );
  const [, ...later] = trained.history;
  const stepsPerSecond = Math.max(...later.map((h) => h.stepsPerSecond));
  return { stepsPerSecond, loss: trained.history.at(-1)?.loss ?? Number.NaN, on: trained.device.name };
}

function theirs(name: string): z.output<typeof peer> | undefined {
  const net = nets[name];
  if (values.python === '' || net === undefined) return undefined;
  const script = join(import.meta.dirname, 'neural-torch.py');
  const args = [script, name, String(net.rows), String(epochs), String(threads), device === 'gpu' ? 'cuda' : 'cpu'];
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  return peer.parse(
    JSON.parse(execFileSync(values.python, args, { encoding: 'utf8', env }).trim().split('\n').at(-1) ?? ''),
  );
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
for (const name of values.nets.split(',').filter((n) => n !== '')) {
  const all: { own: number[]; peer: number[] } = { own: [], peer: [] };
  let reported: object = {};
  for (let i = 0; i < repeats; i++) {
    const own = await ours(name);
    const other = theirs(name);
    all.own.push(own.stepsPerSecond);
    if (other !== undefined) all.peer.push(other.stepsPerSecond);
    reported = {
      on: own.on,
      loss: own.loss,
      ...(other === undefined ? {} : { torch: other.torch, torchLoss: other.losses.at(-1) }),
    };
  }
  const best = (list: readonly number[]): number | null => (list.length === 0 ? null : Math.max(...list));
  const [own, other] = [best(all.own), best(all.peer)];
  print({
    bench: 'neural',
    net: name,
    stepsPerSecond: own,
    torchStepsPerSecond: other,
    ratio: own === null || other === null ? null : own / other,
    all,
    threads,
    ...reported,
    processor: cpus()[0]?.model ?? '',
    load: loadavg()[0],
  });
}
if (!values['no-host']) print({ bench: 'neural', ...(await measureHost(threads)) });
