/** The neural engine for one task of a run: bound to its key, its threads, its signal and what the window asks of it. */
import type { NeuralService, TrainingControl } from '../../shared/neural/neural-service.ts';
import { checkpointFiles } from './checkpoint-files.ts';
import { openNetwork } from './open-network.ts';
import { trainInThread } from './train-in-thread.ts';

export interface NeuralPlace {
  /** `.flowyard`. */
  folder: string;
  /** The key of the task's result: names its checkpoints. */
  key: string;
  threads: number;
  signal: AbortSignal;
  control?: TrainingControl;
}

export function taskNeural({ folder, key, threads, signal, control }: NeuralPlace): NeuralService {
  return {
    train: (job) =>
      trainInThread(job, { threads, signal, control, checkpoints: checkpointFiles(folder, key, job.name ?? '') }),
    open: (network, weights, options = {}) => openNetwork(network, weights, { threads, ...options }),
  };
}
