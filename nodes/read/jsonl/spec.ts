import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typesOfColumns } from '../../../shared/kind/fields/reader-fields.ts';

export const spec = defineSpec({
  kind: 'read.jsonl',
  version: 1,
  computes: 3,
  title: 'JSON file',
  about: 'Reads a file with one JSON object a line, or one JSON array of objects.',
  keywords: [
    'json',
    'jsonl',
    'ndjson',
    'json lines',
    'import',
    'load',
    'open',
    'api export',
    'read_json',
    'input data',
    'json reader',
    'jsonlines',
    'api response',
  ],
  icon: 'file-json',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    file: field.file({
      title: 'File',
      help: 'The file to read, relative to the pipeline. Compressed files (.gz, .zst) are read as they are.',
      extensions: ['.jsonl', '.ndjson', '.json', '.gz', '.zst'],
    }),
    layout: field.choice({
      title: 'Form',
      help: 'One object a line, or one array that holds all objects.',
      choices: { auto: 'automatic', lines: 'one object a line', array: 'one array of objects' },
      default: 'auto',
    }),
    types: typesOfColumns('Objects inside objects stay one column: a formula reads them as  address.city .'),
    sampleRows: field.integer({
      title: 'Sample size',
      help: 'How many rows are looked at before columns and types are decided. 0 looks at the whole file.',
      default: 20_480,
      min: 0,
      unit: 'rows',
      section: 'Format',
    }),
  }),
  form: 'relational',
  rows: 'more',
  summary: (p) => (p.file === '' ? 'read a JSON file' : `read ${p.file.split(/[\\/]/).at(-1) ?? p.file}`),
  check: ({ params }) =>
    params.file === ''
      ? [{ code: 'param.empty', message: 'No file is chosen yet.', mend: 'Choose a JSON file.', param: 'file' }]
      : [],
});
