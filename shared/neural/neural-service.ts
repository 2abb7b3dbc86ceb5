/**
 * The engine of neural networks as a task sees it (`context.neural`). Training runs in a thread of its own; what is asked here returns at once or
 * resolves later and never blocks. The same graphs train, evaluate, predict and are exported.
 */
import type { UsedDevice } from './devices.ts';
import type { Network } from './network.ts';
import type { DeviceChoice, TrainingSettings } from './training-settings.ts';

/** One learnt (or, for the running statistics of batch normalisation, kept) tensor. Names are paths: `0.weight`, `4.layers.1.bias`, `head.weight`. */
export interface WeightTensor {
  name: string;
  shape: readonly number[];
  values: Float32Array;
}
export type NetworkWeights = readonly WeightTensor[];

/** What goes into a network, row-major: the first axis is the examples. Arrays are read, never kept or changed. */
export interface NetworkRows {
  count: number;
  /** [count, …input shape] for table (its numbers), image and series. No NaN: fill in missing values and say so in a column of its own. */
  numbers?: Float32Array;
  /** Table: [count, categories], each from 0 to its count − 1. Tokens: [count, length]. */
  codes?: Int32Array;
}
export interface Examples extends NetworkRows {
  /** classes: [count]. */
  classes?: Int32Array;
  /** values and labels (0 or 1): [count, output count]. */
  values?: Float32Array;
  /** How much each example weighs; default 1. */
  weights?: Float32Array;
}

export interface EpochFacts {
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Mean loss of the epoch's steps, as they went (weights change meanwhile; dropout on). */
  loss: number;
  /** Where there are validation examples; without dropout. */
  validationLoss?: number;
  /** classes: share that is right; labels: share of right labels. Of the validation examples where there are some. */
  accuracy?: number;
  /** values and input-again: mean absolute error of the validation examples. */
  absoluteError?: number;
  learningRate: number;
  /** Euclidean length of all gradients together, mean over the steps, before clipping. */
  gradientNorm: number;
  seconds: number;
  stepsPerSecond: number;
  /** From now to the last epoch at this pace. */
  secondsLeft: number;
  /** Of the process that trains. */
  memoryBytes: number;
  /** This epoch's weights are the best so far. */
  best: boolean;
}

export type TrainingState = 'run' | 'pause' | 'finish';
/** From the window: pause, go on, or finish now and keep what was learnt. */
export interface TrainingControl {
  readonly state: TrainingState;
  /** Calls back on each change; gives the way to stop that. */
  onChange: (listener: (state: TrainingState) => void) => () => void;
}

/** Keeps one training's state, so that a killed run goes on where it was. Bytes are written whole or not at all. */
export interface CheckpointStore {
  read: () => Promise<Uint8Array | undefined>;
  write: (bytes: Uint8Array) => Promise<void>;
}

/** A look inside between two steps, for people who want to see a small network learn. */
export interface StepFacts {
  /** From 1, over all epochs. */
  step: number;
  epoch: number;
  loss: number;
  weights: NetworkWeights;
  /** Of this step, by the weights' names. */
  gradients: NetworkWeights;
  /** What the network gives for `probes`, [probes, width]: say, a grid over the plane for the decision surface. */
  outputs?: { width: number; values: Float32Array };
  /** What each layer gives for `probes`: [probes, …shape]. */
  activations?: readonly { layer: number; shape: readonly number[]; values: Float32Array }[];
}

export interface TrainingJob {
  network: Network;
  train: Examples;
  validation?: Examples;
  settings: TrainingSettings;
  /** Default: as `settings.classWeights` says. */
  classWeights?: Float32Array;
  device: DeviceChoice;
  /** Tells apart several trainings of one task. */
  name?: string;
  /** Begins with these weights; those that are missing are drawn. */
  initial?: NetworkWeights;
  onEpoch?: (facts: EpochFacts) => void;
  /** Within an epoch, at most a few times a second: 0 to 1 over the whole training. */
  onProgress?: (fraction: number) => void;
  onDevice?: (device: UsedDevice) => void;
  /** Called when it comes to rest and when it goes on. */
  onPause?: (paused: boolean) => void;
  watch?: { everySteps: number; probes?: NetworkRows; onStep: (facts: StepFacts) => void };
}

export interface TrainedNetwork {
  network: Network;
  weights: NetworkWeights;
  history: readonly EpochFacts[];
  bestEpoch: number;
  /** Why it ended: all epochs, no progress, the person said so. */
  ended: 'epochs' | 'patience' | 'finished';
  device: UsedDevice;
  seconds: number;
  parameters: number;
}

export interface OpenNetwork {
  /** Probabilities for classes and labels, values as they are, for `input-again` the input as the network sees it: [count, width]. */
  predict: (rows: NetworkRows, signal?: AbortSignal) => Promise<{ width: number; values: Float32Array }>;
  /** What a layer gives (its index; −1: the last before the head), flat: [count, width]. */
  embed: (
    rows: NetworkRows,
    options: { layer: number },
    signal?: AbortSignal,
  ) => Promise<{ width: number; values: Float32Array }>;
  device: UsedDevice;
  close: () => Promise<void>;
}

export interface NeuralService {
  /**
   * Trains to the end, from the newest checkpoint of the same job where there is one. Heeds the task's signal and its control.
   * @throws `neural.diverged`, `neural.no-memory`, `neural.device-lost`, `neural.one-class`, `neural.unfit` and others in words
   */
  train: (job: TrainingJob) => Promise<TrainedNetwork>;
  open: (
    network: Network,
    weights: NetworkWeights,
    options?: { device?: DeviceChoice; threads?: number },
  ) => Promise<OpenNetwork>;
}
