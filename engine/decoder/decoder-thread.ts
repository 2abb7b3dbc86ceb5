/** The body of a training thread: one job in, events out, questions about pauses and checkpoints between. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Tensor } from 'onnxruntime-node';
import type { MemoryPlan } from '../../methods/decoder/memory-plan.ts';
import { planMemory } from '../../methods/decoder/memory-plan.ts';
import { roundedLength } from '../../methods/decoder/plan-steps.ts';
import type { DecoderConfig } from '../../shared/decoder.ts';
import { fail, toProblem } from '../../shared/errors.ts';
import { readWeights } from './decoder-weights-host.ts';
import { openModelParts } from './model-parts.ts';
import { openStepMemory } from './step-memory.ts';
import type { FromThread, ThreadJob, ToThread } from './thread-messages.ts';
import { type SentJob, trainDecoder, type TrainingOutside } from './train-decoder.ts';

const port = parentPort;
if (!port) throw new Error('decoder-thread is started by task-decoders');
const post = (message: FromThread): void => port.postMessage(message);

/** What waits for the next answer. */
let waiting: ((state: 'run' | 'finish' | 'save') => void) | undefined;
port.on('message', ({ state }: ToThread) => {
  const resume = waiting;
  waiting = undefined;
  resume?.(state);
});
const answer = (): Promise<'run' | 'finish' | 'save'> => new Promise((resolve) => (waiting = resolve));

function outsideOf(checkpoint: Uint8Array | undefined): TrainingOutside {
  return {
    notify: (event) => post({ type: 'event', event }),
    async turn(save) {
      const answered = answer();
      post({ type: 'turn' });
      const state = await answered;
      if (state !== 'save') return state;
      const later = answer();
      post({ type: 'saved', bytes: await save() });
      return (await later) === 'finish' ? 'finish' : 'run';
    },
    async save(bytes) {
      const done = answer();
      post({ type: 'save', bytes });
      await done;
    },
    checkpoint,
    memoryBytes: () => process.memoryUsage.rss(),
    now: () => performance.now(),
  };
}

/** Leaves a quarter of what is free to everybody else. */
const shareOfFree = 0.75;

function planFor(job: SentJob, config: DecoderConfig): MemoryPlan {
  const longest = job.rows.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  const tokens = Math.max(job.settings.tokensAtOnce, roundedLength(longest));
  const available = process.availableMemory();
  const free = available * shareOfFree;
  const plan = planMemory(config, job.learns, tokens, job.memory, free);
  if (plan) return plan;
  const least = planMemory(config, job.learns, tokens, 'small', free);
  throw fail('decoder.no-memory', {
    message: `Training this model needs about ${Math.ceil((least?.bytes ?? 0) / 1e9)} GB of memory; ${(available / 1e9).toFixed(1)} GB are free.`,
    mend: 'Close other programs, allow fewer tokens in a row and at once, or use a smaller model.',
  });
}

async function work({ job, device, threads, checkpoint }: ThreadJob): Promise<void> {
  const outside = outsideOf(checkpoint);
  const { model } = job;
  await using parts = model.from === 'files' ? await openModelParts(model.files) : null;
  const config = model.from === 'scratch' ? model.config : parts?.config;
  if (!config) throw new Error('unreachable');
  const plan = planFor(job, config);
  const read = async (): Promise<ReadonlyMap<string, Tensor>> => {
    if (parts === null || job.learns.what === 'all') return new Map();
    return readWeights(parts, {
      precision: plan.precision,
      onProgress: (fraction) => outside.notify({ type: 'phase', text: 'reading the weights', fraction }),
    });
  };
  const memory = openStepMemory({ device, threads });
  const weights = await read();
  const end = await trainDecoder(job, { config, weights, memory, plan }, outside);
  await memory.release();
  post({ type: 'done', end });
}

const given: ThreadJob = workerData;
work(given).then(
  () => port.close(),
  (thrown: unknown) => {
    post({ type: 'failed', problem: toProblem(thrown) });
    port.close();
  },
);
