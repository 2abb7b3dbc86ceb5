/** The neural engine for one task of a run: bound to its threads, its signal, its checkpoint and what the window asks of it. */
import type { TaskCheckpoint, TaskControl } from '../../shared/capabilities.ts';
import type { CheckpointStore, NeuralService, TrainingControl } from '../../shared/neural/neural-service.ts';
import { openNetwork } from './open-network.ts';
import { trainInThread } from './train-in-thread.ts';

export interface NeuralPlace {
  steered: { control: () => TaskControl; checkpoint: TaskCheckpoint };
  threads: number;
  signal: AbortSignal;
}

export function taskNeural({ steered, threads, signal }: NeuralPlace): NeuralService {
  // A task may train several networks, one after the other or side by side: each goes on from its own.
  const checkpoints = (job: string): CheckpointStore => ({
    read: () => steered.checkpoint.load(job),
    write: (bytes) => steered.checkpoint.save(bytes, job),
  });
  return {
    train: async (job) => {
      const asked = steered.control();
      const control: TrainingControl = {
        get state() {
          return asked.state();
        },
        onChange: asked.changed,
      };
      const onPause = (paused: boolean): void => {
        // Tells the run's history that it stands still, and that it goes on.
        if (paused) void asked.turn().catch(() => undefined);
        job.onPause?.(paused);
      };
      const trained = await trainInThread({ ...job, onPause }, { threads, signal, control, checkpoints });
      // Heeded: the history tells that a person ended it.
      if (trained.ended === 'finished') asked.state();
      return trained;
    },
    open: (network, weights, options = {}) => openNetwork(network, weights, { threads, ...options }),
  };
}
