import { relational } from '../../../shared/capabilities.ts';
import { sql } from '../../../shared/sql.ts';
import { readCsv } from './read-csv-sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sources: ({ file }) => (file === '' ? [] : [{ from: 'file', param: 'file', path: file }]),
  sql: ({ params, file }) => sql`SELECT * FROM ${readCsv(file('file'), params)}`,
});
