/** What a training and its thread say to each other. */
import type { Problem } from '../../shared/errors.ts';
import type { SentJob, TrainingEnd, TrainingEvent } from './train-decoder.ts';

export interface ThreadJob {
  readonly job: SentJob;
  readonly device: 'cpu' | 'gpu';
  readonly threads: number;
  readonly checkpoint: Uint8Array | undefined;
}
export type FromThread =
  | { type: 'event'; event: TrainingEvent }
  /** May the next step be made? */
  | { type: 'turn' }
  /** The answer to `save`: a pause has begun. */
  | { type: 'saved'; bytes: Uint8Array }
  /** To be kept; answered when it is. */
  | { type: 'save'; bytes: Uint8Array }
  | { type: 'done'; end: TrainingEnd }
  | { type: 'failed'; problem: Problem };
export interface ToThread {
  readonly state: 'run' | 'finish' | 'save';
}
