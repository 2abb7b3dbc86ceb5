/** What passes between a training's thread and the process that started it. */
import type { Problem } from '../../shared/errors.ts';
import type { UsedDevice } from '../../shared/neural/devices.ts';
import type { EpochFacts, StepFacts, TrainingState } from '../../shared/neural/neural-service.ts';
import type { DeviceChoice } from '../../shared/neural/training-settings.ts';
import type { NetworkTraining, Trained } from './train-network.ts';

export interface ThreadRequest {
  training: NetworkTraining;
  device: DeviceChoice;
  threads: number;
  checkpoint: Uint8Array | undefined;
  checkpointMs: number;
  /** One word: see `controlWords`. The thread looks at it before each step; it is woken when the word changes. */
  control: SharedArrayBuffer;
}
export type ThreadMessage =
  | { type: 'device'; device: UsedDevice }
  | { type: 'epoch'; facts: EpochFacts }
  | { type: 'progress'; fraction: number }
  | { type: 'pause'; paused: boolean }
  | { type: 'step'; facts: StepFacts }
  | { type: 'checkpoint'; bytes: Uint8Array }
  | { type: 'done'; trained: Trained }
  | { type: 'cancelled' }
  | { type: 'failed'; problem: Problem };
/** A checkpoint is kept. */
export interface ThreadReply {
  type: 'kept';
}

const words: readonly (TrainingState | 'cancel')[] = ['run', 'pause', 'finish', 'cancel'];
export const controlWord = (state: TrainingState | 'cancel'): number => words.indexOf(state);
export const controlState = (word: number): TrainingState | 'cancel' => words[word] ?? 'run';
