/** How a network is trained. Every default is what a person would choose who knows nothing about the data. */
import * as z from 'zod';

export const schedule = z.enum(['constant', 'cosine', 'linear', 'step']);
export type Schedule = z.output<typeof schedule>;

/** Changes of images while training, other for each image and epoch. Nothing is changed where all are 0. */
export const augmentation = z.object({
  /** Mirrored left to right, in half of the cases. */
  flip: z.boolean().default(false),
  /** Up to this part of the width and height. */
  shift: z.number().min(0).max(0.5).default(0),
  /** Up to so many degrees to either side. */
  rotate: z.number().min(0).max(180).default(0),
  /** Up to this part larger or smaller. */
  zoom: z.number().min(0).max(0.9).default(0),
  /** Up to this much added to all shades, and up to this part more or less contrast. */
  brightness: z.number().min(0).max(1).default(0),
  contrast: z.number().min(0).max(1).default(0),
});
export type Augmentation = z.output<typeof augmentation>;

export const trainingSettings = z.object({
  optimizer: z.enum(['sgd', 'adam', 'adamw']).default('adam'),
  learningRate: z.number().gt(0).max(10).default(0.001),
  /** SGD's alone. */
  momentum: z.number().min(0).lt(1).default(0.9),
  /** Sgd and adam add it to the gradient; adamw takes it from the weights (decoupled). */
  weightDecay: z.number().min(0).max(1).default(0),
  schedule: schedule.default('constant'),
  /** Where cosine and linear end, as a part of the learning rate. */
  finalRate: z.number().min(0).max(1).default(0),
  /** `step`: the rate is multiplied by `stepFactor` every so many epochs. */
  stepEpochs: z.number().int().min(1).max(10_000).default(10),
  stepFactor: z.number().gt(0).max(1).default(0.1),
  /** The rate climbs from 0 over so many epochs (parts too) before the schedule begins. */
  warmUpEpochs: z.number().min(0).max(1000).default(0),
  epochs: z.number().int().min(1).max(100_000).default(20),
  batchSize: z.number().int().min(1).max(65_536).default(64),
  /** Gradients together are made no longer than this; null: never. */
  clipNorm: z.number().gt(0).nullable().default(null),
  /** Stops when the validation loss (without validation rows: the training loss) has not fallen for so many epochs; null: never. */
  patience: z.number().int().min(1).max(10_000).nullable().default(null),
  /** Less than this much better does not count. */
  minDelta: z.number().min(0).default(0),
  /** The weights of the best epoch are given back, not those of the last. */
  keepBest: z.boolean().default(true),
  /** `balanced`: each class weighs rows / (classes × its rows). */
  classWeights: z.enum(['none', 'balanced']).default('none'),
  augmentation: augmentation.prefault({}),
  seed: z.number().int().min(0).max(4_294_967_295).default(1),
});
export type TrainingSettings = z.output<typeof trainingSettings>;

export const deviceChoice = z.enum(['auto', 'cpu', 'gpu']);
export type DeviceChoice = z.output<typeof deviceChoice>;
