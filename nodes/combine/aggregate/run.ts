import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { aggregateName } from './aggregate-functions.ts';
import { aggregateSql, needsOneThread } from './aggregate-sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    const by = [...new Set(params.by)].map(id);
    const values = params.aggregates.map((a) => sql`${aggregateSql(a, rows.columns)} AS ${id(aggregateName(a))}`);
    const columns = by.length + values.length === 0 ? [sql`count(*) AS rows`] : [...by, ...values];
    // Groups come in the order of their values: DuckDB's own order varies with the number of threads.
    const groups =
      by.length === 0
        ? raw('')
        : sql` GROUP BY ${join(by)} ORDER BY ${join(by.map((name) => sql`${name} ASC NULLS LAST`))}`;
    return sql`SELECT ${join(columns)} FROM ${rows.ref}${groups}`;
  },
  varies: ({ params }) => (params.aggregates.some(needsOneThread) ? 'values' : 'nothing'),
});
