import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { imageColumnField, imageColumnFindings } from '../../../shared/kind/image-columns.ts';
import { failingRows } from '../../../shared/kind/failing-rows.ts';

export const spec = defineSpec({
  kind: 'prepare.embed-images',
  version: 1,
  computes: 2,
  title: 'Embed images',
  about: 'Turns each image into numbers by a pretrained encoder (an ONNX file), for any trainer to learn from.',
  keywords: [
    'embedding',
    'feature extraction',
    'transfer learning',
    'encoder',
    'clip',
    'resnet',
    'onnx',
    'vision transformer',
    'pretrained',
    'frozen',
    'image embedding',
    'image features',
    'DINOv2',
  ],
  icon: 'scan-eye',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with embeddings' } },
  params: z.strictObject({
    encoder: field.file({
      title: 'Encoder',
      help: 'An ONNX file that takes images as [images, channels, height, width], relative to the pipeline.',
      extensions: ['.onnx'],
      placeholder: 'models/encoder.onnx',
    }),
    column: imageColumnField,
    output: field.text({
      title: 'Output',
      help: 'The output of the encoder to take, by its name. Empty: the first.',
    }),
    pool: field.choice({
      title: 'Pooling',
      help: 'Where the encoder gives numbers for each place of the image or each token: their mean, or the first (the class token of a transformer).',
      choices: { mean: 'the mean', first: 'the first' },
      default: 'mean',
    }),
    name: field.text({
      title: 'Name',
      help: 'The new columns are called by this name and a number: embedding_1, embedding_2 and so on.',
      default: 'embedding',
    }),
    ...failingRows,
  }),
  form: 'task',
  readsFiles: true,
  rows: 'same',
  adds: () => true,
  summary: ({ encoder }) => (encoder === '' ? 'embed images by an encoder' : `embed images by ${encoder}`),
  dynamic: ({ name, column }) => [{ pattern: `${name}_*`, type: 'FLOAT', from: column === '' ? 'image' : column }],
  check: ({ node, params, inputs }) => {
    const findings: Finding[] = imageColumnFindings(node, params.column, inputs['rows']);
    if (params.encoder === '')
      findings.push({
        code: 'param.empty',
        message: 'No encoder is chosen yet.',
        mend: 'Choose an ONNX file.',
        param: 'encoder',
      });
    if (params.name.trim() === '')
      findings.push({
        code: 'param.empty',
        message: 'The new columns have no name.',
        mend: 'Write one, such as embedding.',
        param: 'name',
      });
    return findings;
  },
});
