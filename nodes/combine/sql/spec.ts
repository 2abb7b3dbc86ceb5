import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { unclosed } from '../../../shared/kind/expression-words.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'combine.sql',
  version: 1,
  computes: 1,
  title: 'SQL',
  about: 'One SELECT of your own over the tables wired here.',
  keywords: [
    'query',
    'select',
    'duckdb',
    'script',
    'custom',
    'formula',
    'window function',
    'db query reader',
    'code',
    'sql query',
    'select statement',
    'subquery',
    'CTE',
    'self join',
    'intersect',
    'except',
    'minus',
    'having',
    'partition by',
    'sqldf',
    'proc sql',
    'query builder',
    'group by rollup',
  ],
  icon: 'database-zap',
  inputs: {
    rows: { wire: 'table', title: 'rows' },
    rows2: { wire: 'table', title: 'rows2', optional: true },
    rows3: { wire: 'table', title: 'rows3', optional: true },
    rows4: { wire: 'table', title: 'rows4', optional: true },
  },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    query: field.sql({
      title: 'Query',
      help: 'One SELECT in DuckDB’s SQL. The tables are named as the inputs are: rows, rows2, rows3, rows4. It cannot read files, and random() or now() are refused, so that a result can be repeated.',
      default: 'SELECT * FROM rows',
    }),
  }),
  form: 'relational',
  rows: 'mix',
  summary: (p) => {
    const line = p.query.trim().replaceAll(/\s+/g, ' ');
    return line === '' ? 'an SQL query: empty' : line.length > 60 ? `${line.slice(0, 59)}…` : line;
  },
  check: ({ params: { query } }) => {
    if (query.trim() === '')
      return [
        {
          code: 'param.empty',
          message: 'The query is empty.',
          mend: 'Write a SELECT, such as  SELECT * FROM rows .',
          param: 'query',
        },
      ];
    const open = unclosed(query);
    return open === undefined
      ? []
      : [
          {
            code: 'sql.syntax',
            message: `The query cannot be read: ${open}.`,
            mend: 'Correct the query.',
            param: 'query',
          },
        ];
  },
});
