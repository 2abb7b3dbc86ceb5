import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params: { keys, missing } }) => {
    const rows = tableOf(inputs, 'rows');
    if (keys.length === 0) return sql`SELECT * FROM ${rows.ref}`;
    const sorted = new Set(keys.map((k) => k.column));
    const nulls = raw(missing === 'last' ? 'NULLS LAST' : 'NULLS FIRST');
    // Rows that the keys leave equal are ordered by their other values, so that the order is the same for any number of threads.
    const ties = rows.columns.filter((c) => !sorted.has(c.name)).map((c) => id(c.name));
    return sql`SELECT * FROM ${rows.ref} ORDER BY ${join([...keys.map((k) => sql`${id(k.column)} ${raw(k.direction === 'descending' ? 'DESC' : 'ASC')} ${nulls}`), ...ties])}`;
  },

  varies: ({ params }) => (params.keys.length === 0 ? 'order' : 'nothing'),

  // A row's values do not depend on its place.
  onnx: () => undefined,
});
