/** What the kinds that train a network declare alike: how long, how fast, when to stop, on what. */
import type { LayersSetting } from '../neural/layer-presets.ts';
import { trainingSettings, type DeviceChoice, type TrainingSettings } from '../neural/training-settings.ts';
import { field } from './fields/fields.ts';

const section = { training: 'Training', stop: 'When to stop', more: 'Fine tuning', images: 'Changed images' };

export const neuralFields = {
  epochs: field.integer({
    title: 'Epochs',
    help: 'How often each training row is seen at most.',
    default: 30,
    min: 1,
    max: 100_000,
    section: section.training,
  }),
  learningRate: field.number({
    title: 'Learning rate',
    help: 'How far each step goes. Too large: the loss jumps or becomes no number; too small: it hardly falls.',
    default: 0.001,
    min: 0.000_000_1,
    max: 10,
    step: 0.0005,
    section: section.training,
  }),
  batchSize: field.integer({
    title: 'Batch size',
    help: 'How many rows a step looks at together. Larger batches are quicker and take more memory.',
    default: 64,
    min: 1,
    max: 65_536,
    unit: 'rows',
    section: section.training,
  }),
  classWeights: field.choice({
    title: 'Class weights',
    help: 'Balanced: rare classes count as much as frequent ones. Probabilities shift accordingly.',
    choices: { none: 'each row counts once', balanced: 'balanced' },
    default: 'none',
    section: section.training,
  }),
  validation: field.choice({
    title: 'Validation rows',
    help: 'What is watched to stop and to keep the best. Automatic: the validation rows of Split, else a tenth of the training rows where there are 100 or more.',
    choices: { auto: 'automatic', never: 'none: watch the training loss' },
    default: 'auto',
    section: section.stop,
  }),
  patience: field.optionalNumber({
    title: 'Patience',
    help: 'After how many epochs without gain it stops. Empty: after all epochs.',
    min: 1,
    max: 10_000,
    step: 1,
    unit: 'epochs',
    section: section.stop,
  }),
  keepBest: field.switch({
    title: 'Restore best weights',
    help: 'The model is that of the best epoch, not that of the last.',
    default: true,
    section: section.stop,
  }),
  optimizer: field.choice({
    title: 'Optimizer',
    help: 'Adam suits most. AdamW takes the weight decay from the weights themselves. SGD goes with momentum.',
    choices: { adam: 'Adam', adamw: 'AdamW', sgd: 'SGD with momentum' },
    default: 'adam',
    section: section.more,
  }),
  momentum: field.number({
    title: 'Momentum',
    help: 'How much of the last step goes on.',
    default: 0.9,
    min: 0,
    max: 0.999,
    step: 0.05,
    section: section.more,
    when: { param: 'optimizer', is: ['sgd'] },
  }),
  weightDecay: field.number({
    title: 'Weight decay',
    help: 'Draws the weights towards zero, against overfitting.',
    default: 0,
    min: 0,
    max: 1,
    step: 0.0001,
    section: section.more,
  }),
  schedule: field.choice({
    title: 'Schedule',
    help: 'How the learning rate changes over the epochs.',
    choices: {
      constant: 'stays the same',
      cosine: 'falls in a half wave',
      linear: 'falls evenly',
      step: 'falls to a tenth every ten epochs',
    },
    default: 'constant',
    section: section.more,
  }),
  warmUpEpochs: field.number({
    title: 'Warm-up',
    help: 'Over how many epochs the learning rate climbs from 0.',
    default: 0,
    min: 0,
    max: 1000,
    step: 0.5,
    unit: 'epochs',
    section: section.more,
  }),
  clipNorm: field.optionalNumber({
    title: 'Gradient clipping',
    help: 'Longer ones are cut to this length, so that one odd batch spoils nothing. Empty: they are not cut.',
    min: 0.000_001,
    step: 0.5,
    section: section.more,
  }),
  device: field.choice({
    title: 'Device',
    help: 'Automatic: the graphics processor where there is one that works, else the processor. The same seed gives the same bytes on the processor alone.',
    choices: { auto: 'automatic', cpu: 'processor', gpu: 'graphics processor' },
    default: 'auto',
    section: section.more,
  }),
  seed: field.integer({
    title: 'Seed',
    help: 'Another number draws other first weights, another order of rows and other rows to drop.',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    section: section.more,
  }),
};

/** Changes of the training images; in the settings of the trainer for images alone. */
export const augmentationFields = {
  flip: field.switch({
    title: 'Horizontal flip',
    help: 'Half of the images are mirrored left to right. Not for numerals and letters.',
    default: false,
    section: section.images,
  }),
  shift: field.number({
    title: 'Shift',
    help: 'Up to this part of the width and of the height to each side.',
    default: 0,
    min: 0,
    max: 0.5,
    step: 0.05,
    slider: true,
    section: section.images,
  }),
  rotate: field.number({
    title: 'Rotation',
    help: 'Up to so many degrees to either side.',
    default: 0,
    min: 0,
    max: 180,
    step: 5,
    unit: 'degrees',
    section: section.images,
  }),
  zoom: field.number({
    title: 'Zoom',
    help: 'Up to this part larger (a crop of the image) or smaller.',
    default: 0,
    min: 0,
    max: 0.9,
    step: 0.05,
    slider: true,
    section: section.images,
  }),
  brightness: field.number({
    title: 'Brightness',
    help: 'Up to this much lighter or darker.',
    default: 0,
    min: 0,
    max: 1,
    step: 0.05,
    slider: true,
    section: section.images,
  }),
  contrast: field.number({
    title: 'Contrast',
    help: 'Up to this part more or less contrast.',
    default: 0,
    min: 0,
    max: 1,
    step: 0.05,
    slider: true,
    section: section.images,
  }),
};

/** "the preset medium", "5 layers" */
export const sayLayers = (layers: LayersSetting): string =>
  'preset' in layers ? layers.preset : `${layers.layers.length} layer${layers.layers.length === 1 ? '' : 's'}`;

export interface NeuralParams {
  epochs: number;
  learningRate: number;
  batchSize: number;
  classWeights: 'none' | 'balanced';
  validation: 'auto' | 'never';
  patience: number | null;
  keepBest: boolean;
  optimizer: 'adam' | 'adamw' | 'sgd';
  momentum: number;
  weightDecay: number;
  schedule: 'constant' | 'cosine' | 'linear' | 'step';
  warmUpEpochs: number;
  clipNorm: number | null;
  device: DeviceChoice;
  seed: number;
}
export type AugmentationParams = Record<'shift' | 'rotate' | 'zoom' | 'brightness' | 'contrast', number> & {
  flip: boolean;
};

/** The engine's settings from a node's parameters. */
export function settingsOf(params: NeuralParams, changes?: AugmentationParams): TrainingSettings {
  const { validation: _validation, device: _device, patience, ...rest } = params;
  const { epochs, learningRate, batchSize, classWeights, keepBest, optimizer, momentum } = rest;
  const { weightDecay, schedule, warmUpEpochs, clipNorm, seed } = rest;
  return trainingSettings.parse({
    ...{ epochs, learningRate, batchSize, classWeights, keepBest, optimizer, momentum },
    ...{ weightDecay, schedule, warmUpEpochs, clipNorm, seed },
    patience: patience === null ? null : Math.max(1, Math.round(patience)),
    ...(changes === undefined ? {} : { augmentation: augmentationOf(changes) }),
  });
}

const augmentationOf = ({ flip, shift, rotate, zoom, brightness, contrast }: AugmentationParams) => ({
  flip,
  shift,
  rotate,
  zoom,
  brightness,
  contrast,
});
