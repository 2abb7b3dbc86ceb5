import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'write.encoder',
  version: 1,
  computes: 1,
  title: 'Write encoder',
  about:
    'Writes the text encoder that a model holds as a folder with its weights and tokenizer, for Embed text and other programs.',
  keywords: [
    'save encoder',
    'export',
    'safetensors',
    'sentence transformers',
    'transformers',
    'hugging face',
    'bert',
    'save pretrained',
    'save_pretrained',
  ],
  icon: 'file-output',
  inputs: { model: { wire: 'model', title: 'Model' } },
  outputs: {},
  params: z.strictObject({
    folder: field.text({
      title: 'Folder',
      help: 'Where to write, relative to the workspace. It is made where it is missing.',
      placeholder: 'models/tuned',
    }),
    overwrite: field.switch({
      title: 'Replace the files',
      help: 'Off: the run stops when a file is there already. A new file takes the old one’s place only when it is complete.',
      default: false,
    }),
  }),
  form: 'task',
  rows: 'same',
  pure: false,
  writes: ({ folder }) => [{ param: 'folder', path: `${folder.replace(/[/\\]+$/, '')}/` }],
  summary: ({ folder, overwrite }) =>
    folder === ''
      ? 'write the encoder to a folder'
      : `write the encoder to ${folder}${overwrite ? ', replacing files' : ''}`,
  check: ({ params: { folder } }): Finding[] => {
    if (folder.trim() === '')
      return [
        {
          code: 'param.empty',
          message: 'No folder is chosen yet.',
          mend: 'Give a name, such as models/tuned.',
          param: 'folder',
        },
      ];
    return [];
  },
});
