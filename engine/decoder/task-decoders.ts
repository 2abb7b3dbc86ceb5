/** Decoders for one task of a run: bound to its threads, its signal, its control and its checkpoint. */
import { cpus } from 'node:os';
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
  readonly control: () => TaskControl;
  readonly checkpoint: TaskCheckpoint;
  /** Where it computes, and why there. */
  readonly device: (wanted: DecoderJob['device']) => Promise<UsedDevice>;
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

/** The processor, by its name. */
export const processorDevice = (threads: number, reason: string): UsedDevice => ({
  backend: 'onnxruntime',
  provider: 'cpu',
  name: `${cpus()[0]?.model.trim() ?? 'processor'}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  reason,
});

async function train(job: DecoderJob, place: DecoderPlace): Promise<TrainedDecoder> {
  const started = performance.now();
  place.signal.throwIfAborted();
  const device = await place.device(job.device);
  job.onDevice?.(device);
  const data: ThreadJob = {
    job: withoutCallbacks(job),
    device: device.provider === 'cpu' ? 'cpu' : 'gpu',
    threads: place.threads,
    checkpoint: await place.checkpoint.load(),
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
  const control = place.control();
  const worker = new Worker(new URL('./decoder-thread.ts', import.meta.url), { workerData: data });
  const send = (state: ToThread['state']): void => worker.postMessage({ state } satisfies ToThread);
  const turn = async (): Promise<void> => send(await control.turn());
  const hear = async (message: FromThread): Promise<TrainingEnd | undefined> => {
    switch (message.type) {
      case 'event':
        tell(job, message.event);
        return undefined;
      case 'turn':
        // A pause begins: what is there is kept, so that the program may be closed meanwhile.
        if (control.state() === 'pause') send('save');
        else await turn();
        return undefined;
      case 'saved':
        await place.checkpoint.save(message.bytes);
        await turn();
        return undefined;
      case 'save':
        await place.checkpoint.save(message.bytes);
        send('run');
        return undefined;
      case 'done':
        return message.end;
      case 'failed':
        throw new FlowyardError(message.problem);
    }
  };
  return new Promise<TrainingEnd>((resolve, reject) => {
    const abort = (): void => {
      void worker.terminate();
      reject(place.signal.reason instanceof Error ? place.signal.reason : new Error('cancelled'));
    };
    place.signal.addEventListener('abort', abort, { once: true });
    worker.on('message', (message: FromThread) => {
      hear(message).then(
        (end) => end && resolve(end),
        (problem: unknown) => {
          void worker.terminate();
          reject(problem instanceof Error ? problem : new Error(String(problem)));
        },
      );
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      place.signal.removeEventListener('abort', abort);
      reject(new Error('The training thread ended early.'));
    });
  });
}

function tell(job: DecoderJob, event: TrainingEvent): void {
  switch (event.type) {
    case 'phase':
      return job.onPhase?.(event.text, event.fraction);
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
