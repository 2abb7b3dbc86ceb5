/** What an epoch draws: the order of its rows, its learning rates, its noise. All of it follows from the seed and the epoch's number, so that a training can go on anywhere. */
import type { TrainingSettings } from '../../shared/neural/training-settings.ts';
import { learningRate } from '../../methods/neural/learning-rate.ts';
import { randomGenerator } from '../../methods/random/random-generator.ts';

export interface EpochFeed {
  epoch: number;
  order: Int32Array;
  /** One a step. */
  rates: Float32Array;
  /** Uniform in [0, 1); empty where nothing is dropped. */
  noise: Float32Array;
  /** [steps, sites]: where in the noise each place of each step begins. */
  offsets: Int32Array;
}
export interface FeedShape {
  rows: number;
  steps: number;
  noiseSites: number;
  noiseSize: number;
  noiseReach: number;
}

/** `epoch` from 1. */
export function feedOf(settings: TrainingSettings, epoch: number, shape: FeedShape): EpochFeed {
  const random = randomGenerator(settings.seed).stream(`epoch ${epoch}`);
  const order = shuffled(shape.rows, random.stream('order'));
  const first = (epoch - 1) * shape.steps;
  const rates = Float32Array.from({ length: shape.steps }, (_, i) => learningRate(settings, first + i, shape.steps));
  if (shape.noiseSites === 0) return { epoch, order, rates, noise: new Float32Array(0), offsets: new Int32Array(0) };
  const noise = uniform(shape.noiseSize, random.stream('noise'));
  const forPlaces = random.stream('offsets');
  const offsets = Int32Array.from({ length: shape.steps * shape.noiseSites }, () =>
    forPlaces.nextBelow(shape.noiseReach),
  );
  return { epoch, order, rates, noise, offsets };
}

/** A plain loop: with an iterator a quarter of a million numbers took 12 ms, more than the steps of a small table's epoch. */
function uniform(count: number, random: { nextUint32: () => number }): Float32Array {
  const noise = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = Math.fround(random.nextUint32() / 4_294_967_296);
    // Rounding to float32 may give 1.
    noise[i] = value >= 1 ? 0 : value;
  }
  return noise;
}

/** Fisher and Yates. */
function shuffled(rows: number, random: { nextBelow: (below: number) => number }): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i > 0; i--) {
    const j = random.nextBelow(i + 1);
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
  return order;
}
