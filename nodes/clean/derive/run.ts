import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { expression, id, sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    const known = new Map(rows.columns.map((c) => [c.name.toLowerCase(), c.name]));
    // One level for each column, so that a formula sees the columns above it; DuckDB flattens the levels again.
    return params.columns.reduce(
      (query, column) => {
        const value = expression(column.expression, 'columns');
        const replaced = known.get(column.name.toLowerCase());
        known.set(column.name.toLowerCase(), column.name);
        return replaced === undefined
          ? sql`SELECT *, ${value} AS ${id(column.name)} FROM (${query})`
          : sql`SELECT * REPLACE (${value} AS ${id(replaced)}) FROM (${query})`;
      },
      sql`SELECT * FROM ${rows.ref}`,
    );
  },
});
