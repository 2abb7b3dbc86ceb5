import * as z from 'zod';
import { defineSpec } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';

export const spec = defineSpec({
  kind: 'read.parquet',
  version: 1,
  computes: 1,
  title: 'Parquet file',
  about: 'Reads a Parquet file: fast, and its columns bring their types along.',
  keywords: ['parquet', 'arrow', 'columnar', 'import', 'load', 'open', 'read_parquet', 'data lake', 'input data'],
  icon: 'file-box',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    file: field.file({
      title: 'File',
      help: 'The file to read, relative to the pipeline.',
      extensions: ['.parquet', '.pq'],
    }),
    binaryAsText: field.switch({
      title: 'Bytes are text',
      help: 'Some writers store texts as plain bytes. Turn this on when texts come out as bytes.',
      default: false,
    }),
  }),
  form: 'relational',
  rows: 'more',
  runsIn: 'process',
  summary: (p) => (p.file === '' ? 'read a Parquet file' : `read ${p.file.split(/[\\/]/).at(-1) ?? p.file}`),
  check: ({ params }) =>
    params.file === ''
      ? [{ code: 'param.empty', message: 'No file is chosen yet.', mend: 'Choose a Parquet file.', param: 'file' }]
      : [],
});
