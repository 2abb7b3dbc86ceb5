/**
 * The columns of a table as a list, some of them made anew. DuckDB compares each column of `* REPLACE (…)` with each expression: 5,000 of them took it 51 seconds,
 * and a list of as many takes half a second.
 */
import type { TableRef } from '../capabilities.ts';
import { id, join, sql, type Sql } from '../sql.ts';

export interface ColumnChanges {
  /** By column: the expression that takes its place. */
  replaced?: ReadonlyMap<string, Sql>;
  without?: ReadonlySet<string>;
  /** What comes behind: `expression AS "name"`. */
  added?: readonly Sql[];
  /** How the query calls the table, where it has several. */
  table?: Sql;
}

export function selectList(
  { columns, hidden }: Pick<TableRef, 'columns' | 'hidden'>,
  { replaced, without, added = [], table }: ColumnChanges,
): Sql {
  const named = (name: string): Sql => (table === undefined ? id(name) : sql`${table}.${id(name)}`);
  const kept = columns.flatMap(({ name }) => {
    if (without?.has(name) === true) return [];
    const instead = replaced?.get(name);
    return [instead === undefined ? named(name) : sql`${instead} AS ${id(name)}`];
  });
  return join([...hidden.map(named), ...kept, ...added]);
}
