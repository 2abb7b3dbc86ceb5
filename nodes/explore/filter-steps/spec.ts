import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { imageColumnField } from '../../../shared/kind/image-columns.ts';
import { assumedImageNetwork, checkImageLearner } from '../../../shared/kind/image-learner.ts';
import { learnerFields, learnerInputs, sayTarget } from '../../../shared/kind/learner.ts';
import { watchFields } from '../../../shared/kind/watched-training.ts';

export const spec = defineSpec({
  kind: 'explore.filter-steps',
  version: 1,
  computes: 1,
  title: 'Filters, step by step',
  about: 'Shows how the filters of a small convolutional network come to be on your own images, and what they see.',
  keywords: ['convolution', 'filters', 'kernels', 'feature maps', 'CNN', 'teaching', 'lesson', 'explain'],
  icon: 'grid-3x3',
  inputs: learnerInputs,
  outputs: { report: { wire: 'report', title: 'Steps' } },
  params: z.strictObject({
    target: learnerFields.target,
    column: imageColumnField,
    layers: field.layers({
      title: 'Layers',
      help: 'The first convolution is what is shown. The answer’s layer is added behind them.',
      takes: 'image',
      default: 'small',
    }),
    ...watchFields,
  }),
  form: 'task',
  rows: 'same',
  summary: ({ target }) => `watch filters learn ${sayTarget(target)} from images`,
  check: checkImageLearner,
  network: assumedImageNetwork,
});
