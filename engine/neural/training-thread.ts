/** The thread that trains: onnxruntime computes in the thread that asks, so nothing else may live here. */
import { parentPort } from 'node:worker_threads';
import { toProblem } from '../../shared/errors.ts';
import type { Device } from './devices/backend.ts';
import { explainBackend } from './explain-training.ts';
import { openDevice } from './devices/open-device.ts';
import { refuseTooLarge } from './refuse-too-large.ts';
import { trainNetwork, TrainingCancelled, type TrainingHooks } from './train-network.ts';
import {
  controlState,
  controlWord,
  type ThreadMessage,
  type ThreadReply,
  type ThreadRequest,
} from './training-messages.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs in a thread');
const notify = (message: ThreadMessage, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);

port.once('message', (request: ThreadRequest) => void train(request));

async function train(request: ThreadRequest): Promise<void> {
  const { training, threads } = request;
  const { batchSize } = training.settings;
  let device: Device | undefined;
  let last: ThreadMessage;
  try {
    device = await openDevice({ device: request.device, threads, network: training.network, batchSize });
    notify({ type: 'device', device: device.used });
    // What a graphics processor has free, its own engine says.
    if (device.used.provider === 'cpu')
      refuseTooLarge(training.network, training.settings, {
        rows: training.train.count,
        free: process.availableMemory(),
      });
    last = { type: 'done', trained: await trainNetwork(training, device, hooksOf(request)) };
  } catch (thrown) {
    if (thrown instanceof TrainingCancelled) last = { type: 'cancelled' };
    else last = { type: 'failed', problem: toProblem(explainBackend(thrown, training.settings, 'the device')) };
  }
  // Whoever hears the last word may take this thread down, and onnxruntime must not be at work then: it would take the whole process with it.
  await device?.close().catch(() => undefined);
  notify(last);
}

function hooksOf({ control, checkpoint, checkpointMs }: ThreadRequest): TrainingHooks {
  const word = new Int32Array(control);
  return {
    state: () => controlState(Atomics.load(word, 0)),
    rest: async () => {
      // Nothing else happens here: the thread itself may sleep.
      while (Atomics.load(word, 0) === controlWord('pause')) Atomics.wait(word, 0, controlWord('pause'), 1000);
    },
    onEpoch: (facts) => notify({ type: 'epoch', facts }),
    onProgress: (fraction) => notify({ type: 'progress', fraction }),
    onPause: (paused) => notify({ type: 'pause', paused }),
    onStep: (facts) => notify({ type: 'step', facts }),
    readCheckpoint: async () => checkpoint,
    writeCheckpoint: (bytes) =>
      new Promise((resolve) => {
        port?.once('message', (_: ThreadReply) => resolve());
        notify({ type: 'checkpoint', bytes });
      }),
    now: () => performance.now(),
    checkpointMs,
  };
}
