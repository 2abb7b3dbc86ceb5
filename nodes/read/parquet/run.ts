import { relational } from '../../../shared/capabilities.ts';
import { sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sources: ({ file }) => (file === '' ? [] : [{ from: 'file', param: 'file', path: file }]),
  sql: ({ params, file }) =>
    sql`SELECT * FROM read_parquet(${file('file')}, binary_as_string = ${params.binaryAsText})`,
  explain: async ({ failure }) =>
    /parquet file|magic bytes|Parquet/i.test(failure.message)
      ? {
          code: 'parquet.unreadable',
          message: 'The file is not a whole Parquet file.',
          mend: 'Was the download or the copy cut off? A CSV or JSON file has its own reader.',
          param: 'file',
          facts: { said: failure.message.slice(0, 300) },
        }
      : undefined,
});
