import { relational } from '../../../shared/capabilities.ts';
import { id, ids, join, select, sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const tables = Object.entries(inputs).map(
      ([port, table]) => sql`${id(port)} AS (SELECT ${ids(table.columns.map((c) => c.name))} FROM ${table.ref})`,
    );
    return sql`WITH ${join(tables)} SELECT * FROM ${select(params.query, 'query')}`;
  },
});
