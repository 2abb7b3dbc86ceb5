/**
 * One text for one row, the same on every machine: the input of the hash that decides a row's place (Split, Sample). Doubles are written with the fewest digits that
 * read back to the same bits, -0 as 0, every NaN alike; instants in microseconds of UTC; texts with their length in front, so that no two rows share a text;
 * a missing value is nothing at all, which no value is. Columns come sorted by name: their order in the table does not matter.
 */
import { id, join, sql, type Sql } from './sql.ts';
import { typeFamily, type Column } from './wires.ts';

export function canonicalValue({ name, type }: Column): Sql {
  const value = id(name);
  if (type === 'DOUBLE' || type === 'FLOAT')
    return sql`coalesce(CASE WHEN isnan(${value}) THEN 'nan' ELSE CAST(${value} + 0 AS VARCHAR) END, '') || '|'`;
  if (type === 'TIMESTAMP WITH TIME ZONE' || type === 'TIMESTAMPTZ')
    return sql`coalesce(CASE WHEN isfinite(${value}) THEN CAST(epoch_us(${value}) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END, '') || '|'`;
  const text = sql`CAST(${value} AS VARCHAR)`;
  const family = typeFamily(type);
  if (family === 'text' || family === 'other') return sql`coalesce(strlen(${text}) || ':' || ${text}, '') || '|'`;
  return sql`coalesce(${text}, '') || '|'`;
}

const byName = (a: Column, b: Column): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** 128 bits, as an UHUGEINT. */
export function hashOf(columns: readonly Column[], seed: number, salt: string): Sql {
  return sql`md5_number(concat(${`${seed} ${salt} `}, ${join(columns.toSorted(byName).map(canonicalValue))}))`;
}
