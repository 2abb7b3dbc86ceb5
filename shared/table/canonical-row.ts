/**
 * What decides a row's place (Split, Sample): its values in a form that is the same on every machine, hashed. Whole numbers count by their value, whatever
 * their width; -0 is 0 and every NaN alike; instants are microseconds of UTC; a missing value is like no other. Columns come sorted by name: their order in
 * the table does not matter.
 */
import { id, join, raw, sql, type Sql } from '../sql.ts';
import { isInteger, typeFamily, type Column } from '../wires.ts';

/** One value as text, with its length in front where values could run together. */
export function canonicalValue({ name, type }: Column): Sql {
  const value = id(name);
  if (type === 'DOUBLE' || type === 'FLOAT')
    return sql`coalesce(CASE WHEN isnan(${value}) THEN 'nan' ELSE CAST(${value} + 0 AS VARCHAR) END, '') || '|'`;
  if (isInstant(type))
    return sql`coalesce(CASE WHEN isfinite(${value}) THEN CAST(epoch_us(${value}) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END, '') || '|'`;
  const text = sql`CAST(${value} AS VARCHAR)`;
  const family = typeFamily(type);
  if (family === 'text' || family === 'other') return sql`coalesce(strlen(${text}) || ':' || ${text}, '') || '|'`;
  return sql`coalesce(${text}, '') || '|'`;
}

/** One value as DuckDB hashes it without a text in between, where its bits are its meaning. */
function hashedValue({ name, type }: Column): Sql {
  const value = id(name);
  // Of DOUBLE, DuckDB's hash takes -0 for 0 and every NaN for one.
  if (type === 'DOUBLE' || type === 'VARCHAR' || type === 'DATE' || type === 'TIMESTAMP') return value;
  if (type === 'FLOAT') return sql`CAST(${value} AS DOUBLE)`;
  if (type === 'BOOLEAN' || (isInteger(type) && !/^(UBIGINT|U?HUGEINT)$/.test(type)))
    return sql`CAST(${value} AS BIGINT)`;
  // Not as a TIMESTAMP: that would be in the session's time zone.
  if (isInstant(type))
    return sql`CASE WHEN isfinite(${value}) THEN epoch_us(${value}) WHEN ${value} = 'infinity'::TIMESTAMPTZ THEN 9223372036854775807 WHEN ${value} IS NOT NULL THEN -9223372036854775807 END`;
  return sql`CAST(${value} AS VARCHAR)`;
}

const isInstant = (type: string): boolean => type === 'TIMESTAMP WITH TIME ZONE' || type === 'TIMESTAMPTZ';
const byName = (a: Column, b: Column): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/**
 * 128 bits of a row, as a UHUGEINT: DuckDB's 64-bit hash twice, with other beginnings. 15 times faster than a digest of the row as text. A test holds the values
 * of this version of DuckDB; an upgrade that changes them would divide every table anew.
 */
export function hashOf(columns: readonly Column[], seed: number, salt: string): Sql {
  const values = join(columns.toSorted(byName).map(hashedValue));
  const half = (which: string): Sql => sql`CAST(hash(${`${seed} ${salt} ${which}`}, ${values}) AS UHUGEINT)`;
  return sql`(${half('a')} * ${raw('18446744073709551616::UHUGEINT')} + ${half('b')})`;
}
