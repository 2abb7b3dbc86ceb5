import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { pickColumns } from '../../../shared/kind/columns.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  varies: () => 'order',
  sql: ({ inputs, params: p }) => {
    const rows = tableOf(inputs, 'rows');
    // "All" means all: a rule would leave target and id out, and rows that differ there are not equal.
    const except = p.columns.by === 'all' ? (p.columns.except ?? []) : [];
    const keys =
      p.columns.by === 'all'
        ? rows.columns.filter((c) => !except.includes(c.name))
        : pickColumns(p.columns, rows.columns);
    if (keys.length === 0) return sql`SELECT * FROM ${rows.ref}`;
    const named = new Set(keys.map((c) => c.name));
    const others = rows.columns.filter((c) => !named.has(c.name)).map((c) => id(c.name));
    const order =
      p.keep === 'any' || p.order === ''
        ? []
        : [sql`${id(p.order)} ${raw(p.keep === 'last' ? 'DESC' : 'ASC')} NULLS LAST`];
    // Ties are broken by the rows' own values, so neither their order nor the number of threads decides.
    const ties = [...others, ...rows.hidden.map(id)].map((name) => sql`${name} ASC NULLS LAST`);
    const by = [...order, ...ties];
    return sql`SELECT * FROM ${rows.ref} QUALIFY row_number() OVER (PARTITION BY ${join(keys.map((c) => id(c.name)))}${by.length === 0 ? raw('') : sql` ORDER BY ${join(by)}`}) = 1`;
  },
});
