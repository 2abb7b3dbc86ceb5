import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'write.onnx',
  version: 1,
  computes: 2,
  title: 'Write ONNX',
  about: 'Writes a model with its preparation as one ONNX file that other programs can run.',
  keywords: [
    'onnx',
    'export model',
    'save model',
    'skl2onnx',
    'onnxruntime',
    'PMML',
    'pickle',
    'joblib',
    'model writer',
    'export onnx',
    'deploy elsewhere',
    'save to file',
  ],
  icon: 'file-output',
  inputs: { model: { wire: 'model', title: 'Model' } },
  outputs: {},
  params: z.strictObject({
    file: field.file({
      title: 'File',
      help: 'Where to write, relative to the workspace. Folders are made where they are missing.',
      extensions: ['.onnx'],
      placeholder: 'models/penguins.onnx',
    }),
    overwrite: field.switch({
      title: 'Replace the file',
      help: 'Off: the run stops when the file is there already. The new file takes the old one’s place only when it is complete.',
      default: false,
    }),
  }),
  form: 'task',
  rows: 'same',
  pure: false,
  writes: ({ file }) => [{ param: 'file', path: file }],
  summary: (p) =>
    p.file === ''
      ? 'write the model to an ONNX file'
      : `write the model to ${p.file}${p.overwrite ? ', replacing it' : ''}`,
  check: ({ node, params: p }): Finding[] => {
    if (p.file === '')
      return [
        {
          code: 'param.empty',
          message: 'No file is chosen yet.',
          mend: 'Give a name, such as model.onnx.',
          param: 'file',
        },
      ];
    if (!p.file.toLowerCase().endsWith('.onnx'))
      return [
        {
          code: 'write.ending',
          severity: 'warning',
          message: `"${p.file}" does not end with .onnx, by which other programs know the format.`,
          mend: 'Add the ending.',
          param: 'file',
          fixes: [{ do: 'set', title: 'Add .onnx', node, param: 'file', value: `${p.file}.onnx` }],
        },
      ];
    return [];
  },
});
