/**
 * A step of LoRA on a real model beside PyTorch with peft: seconds and memory at several lengths, one line of JSON each; and whether peft reads our adapter.
 *
 *     npm run bench -- lora [--python PATH] [--model FILE.gguf] [--lengths 64,256,512] [--steps 5] [--threads 2]
 *
 * Without a Python that has torch, transformers, peft and gguf (or FLOWYARD_PYTHON) only our own figures are printed. One row of each length, every second
 * token learnt, rank 8 beside all seven matrices, float32; the median of the steps after the first, by the clock and in processor time. Each measurement has a
 * process of its own, and both sides take turns length by length, so that memory is its own and a busy neighbour hits both. On a machine that others use,
 * compare processor time on one thread. The peer is timed twice: with its output layer on all rows, as it comes, and on the learnt rows alone, as ours does.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { openStepper, type StepperOptions } from '../../engine/decoder/decoder-stepper.ts';
import { readWeights } from '../../engine/decoder/decoder-weights-host.ts';
import { type ModelParts, openModelParts } from '../../engine/decoder/model-parts.ts';
import { drawn } from '../../engine/decoder/small-decoders.ts';
import { openStepMemory } from '../../engine/decoder/step-memory.ts';
import { initialAdapter } from '../../methods/decoder/initial-adapter.ts';
import { learntCount, learntParameters } from '../../methods/decoder/learnt-parameters.ts';
import { makeBatch, targetCount } from '../../methods/decoder/make-batch.ts';
import { planMemory } from '../../methods/decoder/memory-plan.ts';
import { sizeFor } from '../../methods/decoder/plan-steps.ts';
import { writePeftAdapter } from '../../methods/decoder/write-adapter.ts';
import { gatherPieces } from '../../methods/gguf/bytes-in-memory.ts';
import { decoderModules } from '../../shared/decoder.ts';
import { gemmaModel } from '../support/gemma-model.ts';
import { trainTinyModel } from '../support/trained-tiny-model.ts';

const learns = { what: 'adapter', rank: 8, alpha: 16, modules: decoderModules } as const;
const optimizer = { weightDecay: 0.01, clipNorm: null };
const say = (facts: object): void => console.log(JSON.stringify(facts));

interface Measurement {
  path: string;
  length: number;
  steps: number;
  threads: number;
  small: boolean;
}
async function ownSteps({ path, length, steps, threads, small }: Measurement) {
  await using parts = await openModelParts([path]);
  const plan = planMemory(parts.config, learns, length, small ? 'small' : 'full', 0);
  if (!plan) throw new Error('no plan');
  const stepper = await openStepper({
    ...plan,
    config: parts.config,
    learns,
    optimizer,
    weights: await readWeights(parts, { precision: plan.precision }),
    memory: openStepMemory({ device: 'cpu', threads }),
    parameters: initialAdapter(learntParameters(parts.config, learns), 1),
    packed: false,
  });
  const ids = Array.from({ length }, (_, i) => 5 + ((i * 2654435761) % 4995));
  const row = { ids, trained: ids.map((_, i) => i % 2 === 1) };
  const batch = makeBatch([[row]], sizeFor([[row]]), targetCount(row));
  const times: number[] = [];
  const cpu: number[] = [];
  for (let step = 0; step <= steps; step++) {
    const started = performance.now();
    const used = process.cpuUsage();
    await stepper.pass(batch);
    await stepper.apply(1e-4);
    times.push((performance.now() - started) / 1000);
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / 1e6);
  }
  const status = readFileSync('/proc/self/status', 'utf8');
  const peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  return { seconds: medianAfterFirst(times), cpu: medianAfterFirst(cpu), peakMb };
}
const medianAfterFirst = (values: readonly number[]): number =>
  values.slice(1).toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

const peerLine = z.object({
  length: z.number(),
  seconds: z.number(),
  cpu: z.number(),
  secondsLearntRows: z.number(),
  cpuLearntRows: z.number(),
  peakMb: z.number(),
});

function runPeer(python: string, asked: object): string[] {
  const script = join(import.meta.dirname, 'lora.py');
  const text = execFileSync(python, [script, JSON.stringify(asked)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text.trim().split('\n');
}

/** Our adapter beside a tiny Llama, read by peft. */
async function loadInPeft(python: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'peft-'));
  try {
    await trainTinyModel(join(folder, 'base.gguf'));
    await using parts = await openModelParts([join(folder, 'base.gguf')]);
    const flat = drawn('adapter', learntCount(parts.config, learns)).map((x) => x * 0.3);
    const ids = Array.from({ length: 32 }, (_, i) => (i * 37 + 5) % parts.config.vocabulary);
    const scores = await scoresOf(parts, flat, ids);
    const peft = writePeftAdapter(parts.config, learns, flat, 'base');
    writeFileSync(join(folder, 'adapter_model.safetensors'), await gatherPieces(peft.weights));
    writeFileSync(join(folder, 'adapter_config.json'), peft.config);
    writeFileSync(join(folder, 'ids.json'), JSON.stringify(ids));
    writeFileSync(join(folder, 'scores.f32'), new Uint8Array(scores.buffer, scores.byteOffset, scores.byteLength));
    const [line = '{}'] = runPeer(python, { do: 'load', folder });
    const { worst } = z.object({ worst: z.number() }).parse(JSON.parse(line));
    say({ what: 'our adapter read by peft, worst difference of the scores', worst, right: worst < 1e-4 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function scoresOf(parts: ModelParts, parameters: Float32Array, ids: readonly number[]): Promise<Float32Array> {
  const options: StepperOptions = {
    config: parts.config,
    learns,
    optimizer,
    weights: await readWeights(parts, { precision: 'full' }),
    memory: openStepMemory({ device: 'cpu', threads: 2 }),
    parameters,
    precision: 'full',
    recompute: false,
    targetsAtOnce: 64,
    vocabularyParts: 1,
    packed: false,
  };
  const stepper = await openStepper(options);
  const batch = makeBatch([[{ ids, trained: [] }]], { batch: 1, length: ids.length, targets: ids.length }, 1);
  batch.at.forEach((_, i) => (batch.at[i] = i));
  const scores = (await stepper.predict(batch)).slice();
  await stepper.close();
  return scores;
}

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['FLOWYARD_PYTHON'] ?? '' },
    model: { type: 'string', default: '' },
    lengths: { type: 'string', default: '64,256,512' },
    steps: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    /** One measurement in this very process: its peak memory is its own. */
    one: { type: 'string', default: '' },
  },
});
const [steps, threads] = [Number(values.steps), Number(values.threads)];
const lengths = values.lengths.split(',').map(Number);
const model = values.model || (await gemmaModel());
if (values.one !== '') {
  const [length = '64', how = 'full'] = values.one.split(' ');
  say(await ownSteps({ path: model, length: Number(length), steps, threads, small: how === 'small' }));
} else {
  const own = z.object({ seconds: z.number(), cpu: z.number(), peakMb: z.number() });
  const measure = (length: number, how: string) => {
    const settings = ['--one', `${length} ${how}`, '--threads', values.threads];
    const args = [import.meta.filename, '--model', model, '--steps', values.steps, ...settings];
    return own.parse(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
  };
  for (const length of lengths) {
    const ours = measure(length, 'full');
    const [line] = values.python
      ? runPeer(values.python, { do: 'steps', model, lengths: [length], steps, threads })
      : [];
    const peer = line === undefined ? undefined : peerLine.parse(JSON.parse(line));
    const small = measure(length, 'small');
    const ratios = peer && {
      peft: peer,
      ratio: peer.seconds / ours.seconds,
      ratioLearntRows: peer.secondsLearntRows / ours.seconds,
      cpuRatio: peer.cpu / ours.cpu,
      cpuRatioLearntRows: peer.cpuLearntRows / ours.cpu,
    };
    say({ length, threads, ours, small, ...ratios });
  }
  if (values.python) await loadInPeft(values.python);
}
