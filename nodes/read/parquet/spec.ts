import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const parquetEndings: readonly string[] = ['.parquet', '.pq'];

export const spec = defineSpec({
  kind: 'read.parquet',
  version: 1,
  computes: 1,
  title: 'Parquet file',
  about: 'Reads a Parquet file, or many as one table: fast, and their columns bring their types along.',
  keywords: [
    'parquet',
    'arrow',
    'columnar',
    'import',
    'load',
    'open',
    'read_parquet',
    'data lake',
    'partitioned',
    'dataset',
    'input data',
    'parquet reader',
    'pyarrow',
    'DuckDB table',
  ],
  icon: 'file-box',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    file: field.folder({
      title: 'File or folder',
      help: 'The file to read, relative to the pipeline; or a folder, or a pattern such as sales/*.parquet: all its files are one table, in the order of their names. The first says what the columns are.',
      extensions: [...parquetEndings],
      holds: parquetEndings,
    }),
    binaryAsText: field.switch({
      title: 'Bytes are text',
      help: 'Some writers store texts as plain bytes. Turn this on when texts come out as bytes.',
      default: false,
    }),
  }),
  form: 'relational',
  rows: 'more',
  summary: (p) => (p.file === '' ? 'read a Parquet file' : `read ${p.file.split(/[\\/]/).at(-1) ?? p.file}`),
  check: ({ params }) =>
    params.file === ''
      ? [{ code: 'param.empty', message: 'No file is chosen yet.', mend: 'Choose a Parquet file.', param: 'file' }]
      : [],
});
