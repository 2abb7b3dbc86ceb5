import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

const words = (title: string, help: string) => field.multiline({ title, help, section: 'In words' });

export const spec = defineSpec({
  kind: 'write.dataset-card',
  version: 1,
  computes: 2,
  title: 'Write a dataset card',
  about: 'Writes a page in Markdown that tells what a data set is: columns, counts, gaps, splits, source and licence.',
  keywords: [
    'datasheet',
    'data card',
    'README',
    'documentation',
    'hugging face',
    'data statement',
    'croissant',
    'metadata',
    'data documentation',
  ],
  icon: 'file-text',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { report: { wire: 'report', title: 'Card' } },
  params: z.strictObject({
    file: field.file({
      title: 'File',
      help: 'Where to write, relative to the workspace.',
      extensions: ['.md'],
      placeholder: 'cards/data.md',
    }),
    name: field.text({ title: 'Name', help: 'What the data set is called.', default: 'Data set' }),
    overwrite: field.switch({
      title: 'Replace the file',
      help: 'Off: the run stops when the file is there already.',
      default: false,
    }),
    licence: field.text({
      title: 'Licence',
      help: 'Under which terms it may be used, by the short name of SPDX where there is one: cc-by-4.0.',
    }),
    languages: field.texts({ title: 'Languages', help: 'Codes of the languages in it: en, de.' }),
    about: words('What it is', 'What a row stands for, and what for the data were gathered.'),
    source: words('Its origin', 'Who gathered the data, when, how, and with whose consent.'),
    uses: words('What it is for', 'What it may be used for, and what not.'),
    limits: words(
      'Its limits',
      'Who or what is missing, known errors, and what a model would learn from it that it should not.',
    ),
    personal: words('Personal data', 'Whether there are persons in it, and what was done about it.'),
  }),
  form: 'task',
  rows: 'same',
  pure: false,
  writes: ({ file }) => [{ param: 'file', path: file }],
  summary: ({ file, name }) => `write the card of ${name}${file === '' ? '' : ` to ${file}`}`,
  check: ({ params: { file, ...params } }): Finding[] => {
    const open = (['about', 'source', 'uses', 'limits', 'personal'] as const).filter(
      (param) => params[param].trim() === '',
    );
    return [
      ...(file === ''
        ? [
            {
              code: 'param.empty',
              message: 'No file is chosen yet.',
              mend: 'Give a name, such as card.md.',
              param: 'file',
            },
          ]
        : []),
      ...(open.length > 0 && file !== ''
        ? [
            {
              code: 'card.open',
              severity: 'warning' as const,
              message: `${open.length} of 5 sections that only a person can write are empty.`,
              mend: 'Write what you know; the card says of the others that nothing is said.',
              param: open[0] ?? 'about',
            },
          ]
        : []),
    ];
  },
});
