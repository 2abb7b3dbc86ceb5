import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { imageColumnField } from '../../../shared/kind/image-columns.ts';
import { assumedImageNetwork, checkImageLearner } from '../../../shared/kind/image-learner.ts';
import { learnerFields, learnerInputs, learnerOutputs, sayTarget, taskField } from '../../../shared/kind/learner.ts';
import { augmentationFields, neuralFields, sayLayers } from '../../../shared/kind/neural-learner.ts';

export const spec = defineSpec({
  kind: 'train.image-network',
  version: 1,
  computes: 3,
  title: 'Image network',
  about: 'Learns what images show, or a number that they tell, by convolutions over their pixels.',
  keywords: [
    'CNN',
    'ConvNet',
    'convolutional neural network',
    'image classification',
    'computer vision',
    'deep learning',
    'ResNet',
    'Keras',
    'PyTorch',
    'augmentation',
    'image classifier',
    'data augmentation',
    'image augmentation',
    'vision model',
  ],
  icon: 'scan-search',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    target: learnerFields.target,
    column: imageColumnField,
    task: taskField,
    layers: field.layers({
      title: 'Layers',
      help: 'A preset that fits itself to the size of the images, or a list of layers of your own. The answer’s layer is added behind them.',
      takes: 'image',
      default: 'medium',
    }),
    ...neuralFields,
    ...augmentationFields,
  }),
  form: 'task',
  rows: 'same',
  heavy: true,
  summary: ({ target, layers, epochs }) =>
    `predict ${sayTarget(target)} from images by a network (${sayLayers(layers)}), ${epochs} epochs`,
  check: checkImageLearner,
  network: assumedImageNetwork,
});
