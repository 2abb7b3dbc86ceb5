/** What a task computed for the things that its rows show (images, sounds), put beside these rows. */
import type { TableInput } from '../capabilities.ts';
import { id, join, raw, sql, type Sql } from '../sql.ts';
import { hiddenColumns, rowColumn, type Column } from '../wires.ts';

export interface Staged {
  /** From `context.stage`. */
  table: Sql;
  added: readonly Column[];
  /** How a row `r` finds what was computed, `s`. */
  on: Sql;
  /** A column of the staged table by which several matches of one row stand in order. */
  at?: string;
  /** Rows without a match: kept, with missing values, or left out. */
  without: 'kept' | 'left out';
}

/** The input's columns, its marks and its order, then the added columns. */
export function attachStaged(rows: TableInput, { table, added, on, at, without }: Staged): Sql {
  const { split } = rows.schema;
  const kept = join([...(split ? hiddenColumns : []), ...rows.columns.map((c) => c.name)].map((n) => sql`r.${id(n)}`));
  const more = join(added.map((c) => sql`s.${id(c.name)} AS ${id(c.name)}`));
  const numbered = split ? rows.ref : sql`(SELECT *, row_number() OVER () AS __at FROM ${rows.ref})`;
  const order = join([sql`r.${id(split ? rowColumn : '__at')}`, ...(at === undefined ? [] : [sql`s.${id(at)}`])]);
  const how = raw(without === 'kept' ? 'LEFT JOIN' : 'JOIN');
  return sql`SELECT ${kept}, ${more} FROM ${numbered} AS r ${how} ${table} AS s ON ${on} ORDER BY ${order}`;
}
