import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { aggregateName, aggregateSql } from './aggregate-functions.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    const by = [...new Set(params.by)].map(id);
    const values = params.aggregates.map((a) => sql`${aggregateSql(a, rows.columns)} AS ${id(aggregateName(a))}`);
    const columns = by.length + values.length === 0 ? [sql`count(*) AS rows`] : [...by, ...values];
    return sql`SELECT ${join(columns)} FROM ${rows.ref}${by.length === 0 ? raw('') : sql` GROUP BY ${join(by)}`}`;
  },
});
