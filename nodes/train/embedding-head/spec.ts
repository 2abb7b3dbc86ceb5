import * as z from 'zod';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
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
import { neuralFields, sayLayers } from '../../../shared/kind/neural-learner.ts';

export const spec = defineSpec({
  kind: 'train.embedding-head',
  version: 1,
  computes: 3,
  title: 'Head on an encoder',
  about:
    'Learns from a few images in seconds: a pretrained encoder (an ONNX file) stays as it is, a small network on its numbers learns.',
  keywords: [
    'transfer learning',
    'fine-tuning',
    'linear probe',
    'frozen',
    'pretrained',
    'embedding',
    'clip',
    'resnet',
    'dino',
    'few images',
    'image classifier',
    'few-shot images',
    'Keras Applications',
    'head',
  ],
  icon: 'graduation-cap',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    encoder: field.file({
      title: 'Encoder',
      help: 'An ONNX file that takes images as [images, channels, height, width], relative to the pipeline. It becomes part of the model.',
      extensions: ['.onnx'],
      placeholder: 'models/encoder.onnx',
    }),
    target: learnerFields.target,
    column: imageColumnField,
    output: field.text({
      title: 'Output',
      help: 'The output of the encoder to learn from. Empty: the first.',
      section: 'Encoder',
    }),
    pool: field.choice({
      title: 'Places and tokens',
      help: 'Where the output has places or tokens beside its numbers: their mean, or the first (the class token of a vision transformer).',
      choices: { mean: 'the mean', first: 'the first' },
      default: 'mean',
      section: 'Encoder',
    }),
    task: taskField,
    layers: field.layers({
      title: 'Layers',
      help: 'Of the head. Linear is the usual choice; the answer’s layer is added behind them.',
      takes: 'table',
      default: 'linear',
    }),
    ...neuralFields,
  }),
  form: 'task',
  readsFiles: true,
  rows: 'same',
  heavy: true,
  summary: ({ target, encoder, layers, epochs }) =>
    `predict ${sayTarget(target)} from images by ${encoder === '' ? 'an encoder' : encoder} and a head (${sayLayers(layers)}), ${epochs} epochs`,
  check: ({ node, params, inputs }) => {
    const findings: Finding[] = [];
    if (params.encoder === '')
      findings.push({
        code: 'param.empty',
        message: 'No encoder is chosen yet.',
        mend: 'Choose an ONNX file, such as the vision part of CLIP or a ResNet without its last layer.',
        param: 'encoder',
      });
    const schema = inputs['rows'];
    if (schema === undefined) return findings;
    return [
      ...findings,
      ...checkTarget(node, { ...params, columns: { by: 'all' } }, schema),
      ...imageColumnFindings(node, params.column, schema),
    ];
  },
  network: (params) => {
    const input = { kind: 'table' as const, numbers: 512, categories: [] };
    return {
      network: { input, layers: resolveLayers(params.layers, 'table', input), output: { kind: 'classes', count: 3 } },
      assumed:
        'An encoder of 512 numbers and three classes are assumed in these shapes; a run takes what the data hold.',
    };
  },
});
