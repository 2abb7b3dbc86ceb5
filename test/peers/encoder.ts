/**
 * A step of training an encoder of MiniLM's shape (6 layers of 384, 12 heads, 30,522 tokens; weights drawn) beside transformers: every weight, and LoRA of rank 8
 * beside all matrices. One line of JSON a case: seconds by the clock and in processor time, the median of the steps after the first.
 *
 *     npm run bench -- encoder [--python PATH] [--rows 16] [--tokens 64] [--steps 5] [--threads 1]
 *
 * Without a Python that has torch, transformers and peft (or FLOWYARD_PYTHON) only our own figures are printed. On a machine that others use, compare
 * processor time on one thread.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { openOrtDevice } from '../../engine/neural/devices/ort-device.ts';
import { processorDevice } from '../../engine/neural/devices/processor.ts';
import { trainNetwork } from '../../engine/neural/train-network.ts';
import { encoderNetwork } from '../../methods/encoder/encoder-network.ts';
import { encoderShape } from '../../methods/encoder/encoder-shape.ts';
import { beginWeights } from '../../methods/neural/parameters.ts';
import { randomGenerator } from '../../methods/random/random-generator.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { quietHooks } from '../support/small-encoders.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['FLOWYARD_PYTHON'] ?? '' },
    rows: { type: 'string', default: '16' },
    tokens: { type: 'string', default: '64' },
    steps: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
  },
});
const [rows, tokens, steps, threads] = [values.rows, values.tokens, values.steps, values.threads].map(Number) as [
  number,
  number,
  number,
  number,
];
const shape = encoderShape({
  model_type: 'bert',
  vocab_size: 30_522,
  hidden_size: 384,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  intermediate_size: 1536,
  hidden_act: 'gelu',
  max_position_embeddings: 512,
  pad_token_id: 0,
});
const step = z.object({ seconds: z.number(), cpu: z.number() });

async function ours(how: 'all' | 'lora'): Promise<z.output<typeof step>> {
  const lowRank = how === 'lora' ? { rank: 8, alpha: 16 } : undefined;
  const output = { kind: 'classes', count: 2 } as const;
  const network = encoderNetwork(shape, { length: tokens, pool: 'mean', dropout: 0.1, output, lowRank });
  const random = randomGenerator(1);
  const codes = Int32Array.from({ length: rows * tokens }, () => 1 + random.nextBelow(30_000));
  const seen: z.output<typeof step>[] = [];
  // Asked before the step, and again when it is done: a batch is the whole epoch.
  let before: NodeJS.CpuUsage | undefined;
  let cpu: number | undefined;
  await trainNetwork(
    {
      network,
      train: { count: rows, codes, classes: Int32Array.from({ length: rows }, (_, i) => i % 2) },
      settings: trainingSettings.parse({
        ...{ optimizer: 'adamw', weightDecay: 0.01, clipNorm: 1, learningRate: 5e-5 },
        ...{ epochs: steps + 1, batchSize: rows, keepBest: false },
      }),
      initial: beginWeights(network, 1),
      job: how,
    },
    await openOrtDevice(processorDevice(threads)),
    {
      ...quietHooks,
      onEpoch: ({ seconds }) => {
        seen.push({ seconds, cpu: cpu ?? Number.NaN });
        [before, cpu] = [undefined, undefined];
      },
      state: () => {
        if (before === undefined) before = process.cpuUsage();
        else if (cpu === undefined) {
          const { user, system } = process.cpuUsage(before);
          cpu = (user + system) / 1e6;
        }
        return 'run';
      },
    },
  );
  return { seconds: median(seen.map((one) => one.seconds)), cpu: median(seen.map((one) => one.cpu)) };
}
const median = (all: readonly number[]): number =>
  all.slice(1).toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? Number.NaN;

function theirs(how: 'all' | 'lora'): z.output<typeof step> | undefined {
  if (values.python === '') return undefined;
  const script = join(import.meta.dirname, 'encoder.py');
  const args = [script, how, values.rows, values.tokens, values.steps, values.threads];
  const env = { ...process.env, OMP_NUM_THREADS: values.threads };
  return step.parse(JSON.parse(execFileSync(values.python, args, { encoding: 'utf8', env }).trim()));
}

for (const how of ['all', 'lora'] as const) {
  const own = await ours(how);
  const peer = theirs(how);
  const ratios = peer && { torch: peer, ratio: peer.seconds / own.seconds, cpuRatio: peer.cpu / own.cpu };
  console.log(JSON.stringify({ what: how, rows, tokens, threads, ours: own, ...ratios }));
}
