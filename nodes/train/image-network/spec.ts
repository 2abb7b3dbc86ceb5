import * as z from 'zod';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { imageColumnField, imageColumnFindings } from '../../../shared/kind/image-columns.ts';
import {
  checkTarget,
  learnerFields,
  learnerInputs,
  learnerOutputs,
  sayTarget,
  taskField,
} from '../../../shared/kind/learner.ts';
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
  check: ({ node, params, inputs }) => {
    const schema = inputs['rows'];
    return schema === undefined
      ? []
      : [
          ...checkTarget(node, { ...params, columns: { by: 'all' } }, schema),
          ...imageColumnFindings(node, params.column, schema),
        ];
  },
  network: (params) => {
    const input = { kind: 'image', channels: 1, height: 28, width: 28 } as const;
    return {
      network: { input, layers: resolveLayers(params.layers, 'image', input), output: { kind: 'classes', count: 10 } },
      assumed:
        'Grey images of 28 × 28 pixels and ten classes are assumed in these shapes; a run takes what the data hold.',
    };
  },
});
