import { relational } from '../../../shared/capabilities.ts';
import { sql } from '../../../shared/sql.ts';
import { explainCsv } from './explain-csv.ts';
import { inspectCsv } from './inspect-csv.ts';
import { readCsv } from './read-csv-sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sources: ({ file }) => (file === '' ? [] : [{ from: 'file', param: 'file', path: file }]),
  sql: ({ params, file }) => sql`SELECT * FROM ${readCsv(file('file'), params)}`,
  snapshot: true,
  pin: (params, columns) => ({
    ...params,
    types: { ...Object.fromEntries(columns.map((c) => [c.name, c.type])), ...params.types },
  }),
  inspect: ({ node, path, params, query }) => inspectCsv(node, path, params, query),
  explain: async ({ node, params, failure }) => explainCsv(node, params, failure.message),
});
