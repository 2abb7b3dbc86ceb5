import { relational } from '../../../shared/capabilities.ts';
import { sql } from '../../../shared/sql.ts';
import { isDecoded } from '../../../shared/media/text-encodings.ts';
import { cellsOf } from './exact-values.ts';
import { explainCsv } from './explain-csv.ts';
import { inspectCsv } from './inspect-csv.ts';
import { findDateFormats } from './find-date-formats.ts';
import { isEncodingFailure, otherEncoding } from './other-encoding.ts';
import { forLines, readCsv } from './read-csv-sql.ts';
import { spec } from './spec.ts';
import { verifyCsv } from './verify-csv.ts';

export default relational(spec, {
  sources: ({ file, encoding }) =>
    file === '' ? [] : [{ from: 'file', param: 'file', path: file, ...(isDecoded(encoding) ? { encoding } : {}) }],
  sql: ({ params, file, lineBytes }) =>
    sql`SELECT * FROM ${readCsv(file('file'), params, forLines(lineBytes('file'), params))}`,
  snapshot: true,
  pin: (params, columns) => ({
    ...params,
    types: { ...Object.fromEntries(columns.map((c) => [c.name, c.type])), ...params.types },
  }),
  learn: ({ path, params, columns, query }) => findDateFormats(path, params, columns, query),
  cells: cellsOf,
  inspect: ({ node, path, params, query, oddBytes, lineBytes }) =>
    inspectCsv(node, path, params, { query, oddBytes, lineBytes }),
  verify: ({ node, path, params, query, lineBytes, reported }) =>
    verifyCsv(node, path, params, { query, lineBytes, reported }),
  explain: async ({ node, params, failure, oddBytes }) =>
    isEncodingFailure(failure.message)
      ? otherEncoding(node, params, failure.message, await oddBytes('file'))
      : explainCsv(node, params, failure.message),
});
