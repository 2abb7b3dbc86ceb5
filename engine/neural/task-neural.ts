/** The neural engine for one task of a run: bound to its threads, its signal, its checkpoint and what the window asks of it. */
import type { TaskCheckpoint, TaskControl } from '../../shared/capabilities.ts';
import type { CheckpointStore, NeuralService, TrainingControl } from '../../shared/neural/neural-service.ts';
import { openNetwork } from './open-network.ts';
import { isSmall } from './devices/small-network.ts';
import { trainInThread } from './train-in-thread.ts';
import { makeTrainingTurn } from './training-turn.ts';

export interface NeuralPlace {
  steered: { control: () => TaskControl; checkpoint: TaskCheckpoint };
  threads: number;
  signal: AbortSignal;
  /** A line of the node's log. */
  say: (text: string) => void;
}

const turn = makeTrainingTurn();
/** Shorter waits are not worth a line. */
const saysAfterMs = 2000;

export function taskNeural({ steered, threads, signal, say }: NeuralPlace): NeuralService {
  // A task may train several networks, one after the other or side by side: each goes on from its own.
  const checkpoints = (job: string): CheckpointStore => ({
    read: () => steered.checkpoint.load(job),
    write: (bytes) => steered.checkpoint.save(bytes, job),
  });
  return {
    train: async (job) => {
      const asked = steered.control();
      const release = isSmall({ network: job.network, batchSize: job.settings.batchSize })
        ? undefined
        : await takeTurn(signal, say);
      const control: TrainingControl = {
        get state() {
          return asked.state();
        },
        onChange: asked.changed,
      };
      const onPause = (paused: boolean): void => {
        // Tells the run's history that it stands still, and that it goes on.
        if (paused) void asked.turn().catch(() => undefined);
        // Who rests leaves the machine to others; it goes on when the person says so, whoever computes then.
        if (paused) release?.();
        job.onPause?.(paused);
      };
      try {
        const trained = await trainInThread({ ...job, onPause }, { threads, signal, control, checkpoints });
        // Heeded: the history tells that a person ended it.
        if (trained.ended === 'finished') asked.state();
        return trained;
      } finally {
        release?.();
      }
    },
    open: (network, weights, options = {}) => openNetwork(network, weights, { threads, ...options }),
  };
}

async function takeTurn(signal: AbortSignal, say: NeuralPlace['say']): Promise<() => void> {
  const saysSo = setTimeout(() => say('Waits until another training of this run has ended.'), saysAfterMs);
  try {
    return await turn.take(signal);
  } finally {
    clearTimeout(saysSo);
  }
}
