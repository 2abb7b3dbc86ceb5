/** Decoders for one task of a run: bound to its threads, its signal, its control and its checkpoint. */
import { Worker } from 'node:worker_threads';
import type { TaskCheckpoint, TaskControl } from '../../shared/capabilities.ts';
import type { DecoderJob, DecoderService, TrainedDecoder } from '../../shared/decoder.ts';
import { FlowyardError } from '../../shared/errors.ts';
import type { UsedDevice } from '../../shared/neural/devices.ts';
import { openFile } from './model-parts.ts';
import type { FromThread, ThreadJob, ToThread } from './thread-messages.ts';
import type { SentJob, TrainingEnd, TrainingEvent } from './train-decoder.ts';

export interface DecoderPlace {
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly steered: { readonly control: () => TaskControl; readonly checkpoint: TaskCheckpoint };
  /** Where it computes, and why there. */
  readonly device: (wanted: DecoderJob['device'], threads: number) => Promise<UsedDevice>;
}

export function taskDecoders(place: DecoderPlace): DecoderService {
  return {
    file: async (path) => {
      const opened = await openFile(path);
      place.signal.addEventListener('abort', () => void opened.close(), { once: true });
      return opened;
    },
    train: (job) => train(job, place),
  };
}

async function train(job: DecoderJob, place: DecoderPlace): Promise<TrainedDecoder> {
  const started = performance.now();
  place.signal.throwIfAborted();
  const device = await place.device(job.device, place.threads);
  job.onDevice?.(device);
  const data: ThreadJob = {
    job: withoutCallbacks(job),
    device: device.provider === 'cpu' ? 'cpu' : 'gpu',
    threads: place.threads,
    checkpoint: await place.steered.checkpoint.load(),
  };
  const { parameters, progress, quote, ended } = await inThread(data, job, place);
  return {
    parameters,
    quote,
    ended,
    device,
    steps: progress.steps,
    measures: progress.measures,
    samples: progress.samples,
    check: progress.check,
    seconds: (performance.now() - started) / 1000,
  };
}

function withoutCallbacks(job: DecoderJob): SentJob {
  const { model, learns, rows, settings, measured, prompts, sampleTokens, stopTokens, memory, device, tryOneBatch } =
    job;
  return { model, learns, rows, settings, measured, prompts, sampleTokens, stopTokens, memory, device, tryOneBatch };
}

function inThread(data: ThreadJob, job: DecoderJob, place: DecoderPlace): Promise<TrainingEnd> {
  const control = place.steered.control();
  const worker = new Worker(new URL('./decoder-thread.ts', import.meta.url), { workerData: data });
  /** It waits for an answer, so onnxruntime is not at work: a thread that is taken down while it computes would abort the process. */
  let isAsking = false;
  const send = (state: ToThread['state']): void => {
    isAsking = false;
    worker.postMessage({ state } satisfies ToThread);
  };
  /** What is asked between two steps. */
  const answer = async (message: Extract<FromThread, { type: 'turn' | 'saved' | 'save' }>): Promise<void> => {
    if (message.type !== 'turn') await place.steered.checkpoint.save(message.bytes);
    if (message.type === 'save') send('run');
    // A pause begins: what is there is kept, so that the program may be closed meanwhile.
    else if (message.type === 'turn' && control.state() === 'pause') send('save');
    else send(await control.turn());
  };
  return new Promise<TrainingEnd>((resolve, reject) => {
    let isOver = false;
    const fails = (problem: unknown): void => {
      isOver = true;
      if (isAsking) void worker.terminate();
      reject(problem instanceof Error ? problem : new Error(String(problem)));
    };
    const abort = (): void => fails(place.signal.reason ?? new Error('cancelled'));
    place.signal.addEventListener('abort', abort, { once: true });
    worker.on('message', (message: FromThread) => {
      isAsking = asks(message);
      if (isOver) return void (isAsking && worker.terminate());
      if (message.type === 'event') notify(job, message.event);
      else if (message.type === 'done') resolve(message.end);
      else if (message.type === 'failed') reject(new FlowyardError(message.problem));
      else answer(message).catch(fails);
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      place.signal.removeEventListener('abort', abort);
      reject(new Error('The training thread ended early.'));
    });
  });
}

const asks = ({ type }: FromThread): boolean => type === 'turn' || type === 'save' || type === 'saved';

function notify(job: DecoderJob, event: TrainingEvent): void {
  switch (event.type) {
    case 'phase':
      return job.onPhase?.(event.text, event.fraction);
    case 'resumed':
      return job.onResume?.(event.step, event.steps);
    case 'check':
      return job.onCheck?.(event.check);
    case 'quote':
      return job.onQuote?.(event.quote);
    case 'step':
      return job.onStep?.(event.step, event.steps);
    case 'measure':
      return job.onMeasure?.(event.measure);
    case 'sample':
      return job.onSample?.(event.sample);
  }
}
