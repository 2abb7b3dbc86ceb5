import { relational, type TableRef } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { spec } from './spec.ts';

function sorted(rows: TableRef, { keys, missing }: ParamsOf<typeof spec>): Sql {
  if (keys.length === 0) return sql`SELECT * FROM ${rows.ref}`;
  const named = new Set(keys.map((k) => k.column));
  const nulls = raw(missing === 'last' ? 'NULLS LAST' : 'NULLS FIRST');
  // Rows that the keys leave equal are ordered by their other values, so that the order is the same for any number of threads.
  const ties = rows.columns.filter((c) => !named.has(c.name)).map((c) => id(c.name));
  return sql`SELECT * FROM ${rows.ref} ORDER BY ${join([...keys.map((k) => sql`${id(k.column)} ${raw(k.direction === 'descending' ? 'DESC' : 'ASC')} ${nulls}`), ...ties])}`;
}

export default relational(spec, {
  sql: ({ inputs, params }) => sorted(tableOf(inputs, 'rows'), params),

  varies: ({ params }) => (params.keys.length === 0 ? 'order' : 'nothing'),
  parted: {
    ports: () => ['rows'],
    merge: {
      exact: ({ keys }) => keys.length > 0,
      partial: ({ inputs }) => sql`SELECT * FROM ${tableOf(inputs, 'rows').ref}`,
      whole: ({ inputs, params }, partials) => sorted({ ...tableOf(inputs, 'rows'), ref: partials.ref }, params),
    },
  },

  // A row's values do not depend on its place.
  onnx: () => undefined,
});
