/** Starts a training in a thread of its own, hears of its epochs, keeps its checkpoints, and stops it. */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { fail, FlowyardError } from '../../shared/errors.ts';
import type { UsedDevice } from '../../shared/neural/devices.ts';
import type {
  CheckpointStore,
  Examples,
  TrainedNetwork,
  TrainingControl,
  TrainingJob,
} from '../../shared/neural/neural-service.ts';
import type { NetworkTraining, Trained } from './train-network.ts';
import { controlWord, type ThreadMessage, type ThreadReply, type ThreadRequest } from './training-messages.ts';

export interface ThreadOptions {
  threads: number;
  signal: AbortSignal;
  control?: TrainingControl | undefined;
  /** Where the checkpoint of a training is kept, by the hash of all that its numbers follow from. */
  checkpoints?: ((job: string) => CheckpointStore) | undefined;
  /** Within an epoch a checkpoint so often; default half a minute. After an epoch it comes sooner where it costs little. */
  checkpointMs?: number;
  /** The thread's module. */
  entry?: URL;
}
export async function trainInThread(job: TrainingJob, options: ThreadOptions): Promise<TrainedNetwork> {
  const { signal, control } = options;
  signal.throwIfAborted();
  const training = plainTraining(job);
  const checkpoints = options.checkpoints?.(training.job);
  const checkpoint = await checkpoints?.read();
  const word = new Int32Array(new SharedArrayBuffer(4));
  const set = (state: Parameters<typeof controlWord>[0]): void => {
    Atomics.store(word, 0, controlWord(state));
    Atomics.notify(word, 0);
  };
  set(control?.state ?? 'run');
  const worker = new Worker(options.entry ?? new URL('./training-thread.ts', import.meta.url));
  const stopListening = control?.onChange((state) => {
    if (!signal.aborted) set(state);
  });
  const request: ThreadRequest = {
    training,
    device: job.device,
    threads: options.threads,
    checkpoint,
    checkpointMs: options.checkpointMs ?? 30_000,
    control: word.buffer,
  };
  try {
    return await new Promise<TrainedNetwork>((resolve, reject) => {
      const cancel = (): void => {
        set('cancel');
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', cancel, { once: true });
      worker.on('message', hear(worker, job, checkpoints, resolve, reject));
      worker.once('error', (error) => reject(threadFailed(error, job)));
      worker.once('exit', () => reject(threadDied()));
      worker.postMessage(request);
    });
  } finally {
    stopListening?.();
    // A thread that is told to cancel may be within a step, and ends by itself after it: taken down while onnxruntime computes, it would abort the process.
    if (!signal.aborted) void worker.terminate();
  }
}

function hear(
  worker: Worker,
  job: TrainingJob,
  checkpoints: CheckpointStore | undefined,
  resolve: (trained: TrainedNetwork) => void,
  reject: (error: Error) => void,
): (message: ThreadMessage) => void {
  let device: UsedDevice | undefined;
  const finish = (trained: Trained): void => {
    if (device !== undefined) resolve({ ...trained, device });
  };
  return (message) => {
    switch (message.type) {
      case 'device':
        device = message.device;
        return job.onDevice?.(message.device);
      case 'epoch':
        return job.onEpoch?.(message.facts);
      case 'progress':
        return job.onProgress?.(message.fraction);
      case 'pause':
        return job.onPause?.(message.paused);
      case 'step':
        return job.watch?.onStep(message.facts);
      case 'checkpoint':
        return void (checkpoints?.write(message.bytes) ?? Promise.resolve()).then(
          () => worker.postMessage({ type: 'kept' } satisfies ThreadReply),
          (error: Error) => {
            // It waits to hear that the checkpoint is kept.
            void worker.terminate();
            reject(error);
          },
        );
      case 'done':
        return finish(message.trained);
      case 'failed':
        return reject(new FlowyardError(message.problem));
      case 'cancelled':
        return undefined;
    }
  };
}

/** Without what cannot pass into a thread; named by everything that its numbers follow from. */
function plainTraining(job: TrainingJob): NetworkTraining {
  const { network, train, validation, settings, classWeights, initial, watch, name } = job;
  const hash = createHash('sha256').update(
    JSON.stringify({ network, settings, name, initial: initial?.map((w) => w.name) }),
  );
  const add = (examples: Examples | undefined): void => {
    for (const values of [examples?.numbers, examples?.codes, examples?.classes, examples?.values, examples?.weights])
      hash.update(
        values === undefined ? 'nothing' : new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      );
  };
  add(train);
  add(validation);
  for (const values of [classWeights, ...(initial ?? []).map((w) => w.values)])
    if (values !== undefined) hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return {
    network,
    train,
    validation,
    settings,
    classWeights,
    initial,
    watch: watch === undefined ? undefined : { everySteps: watch.everySteps, probes: watch.probes },
    job: hash.digest('hex'),
  };
}

function threadFailed(error: unknown, job: TrainingJob): Error {
  const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (!isMemory) return error instanceof Error ? error : new Error(String(error));
  return fail(
    'neural.no-memory',
    {
      message: 'The memory of this computer is too small for this training.',
      mend: `Make the batch smaller (now ${job.settings.batchSize}), or the layers, or use fewer rows.`,
    },
    { cause: error },
  );
}
const threadDied = (): FlowyardError =>
  fail('neural.thread-died', {
    message: 'The thread that trained ended early.',
    mend: 'Run again: training goes on from its last checkpoint.',
  });
