/** The neural engine for one task of a run: bound to its key, its threads and its signal. */
import { fail } from '../../shared/errors.ts';
import type { NeuralService } from '../../shared/neural/neural-service.ts';

export interface NeuralPlace {
  /** `.flowyard`. */
  folder: string;
  /** The key of the task's result: names its checkpoints. */
  key: string;
  threads: number;
  signal: AbortSignal;
}

export function taskNeural(_place: NeuralPlace): NeuralService {
  const absent = (): Promise<never> =>
    Promise.reject(fail('neural.absent', { message: 'This build has no engine for neural networks.' }));
  return { train: absent, open: absent };
}
