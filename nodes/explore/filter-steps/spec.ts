import * as z from 'zod';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { imageColumnField, imageColumnFindings } from '../../../shared/kind/image-columns.ts';
import { checkTarget, learnerFields, learnerInputs, sayTarget } from '../../../shared/kind/learner.ts';
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
  check: ({ node, params, inputs }) => {
    const schema = inputs['rows'];
    return schema === undefined
      ? []
      : [
          ...checkTarget(node, { target: params.target, columns: { by: 'all' } }, schema),
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
