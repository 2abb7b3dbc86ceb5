import { id, sql, type Sql } from '../../shared/sql.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';

const mayBeNaN = (type: string): boolean => type === 'DOUBLE' || type === 'FLOAT' || type === 'REAL';

/** True for a row whose value is missing to a learner: NULL, and NaN where the type has one. `value` stands for the column where its bare name is not enough. */
export const isMissing = ({ name, type }: Column, value: Sql = id(name)): Sql =>
  mayBeNaN(type) ? sql`(${value} IS NULL OR isnan(${value}))` : sql`(${value} IS NULL)`;

/** A column's value as the text that names a category; missing as NULL. */
export const categoryText = (column: Column, value: Sql = id(column.name)): Sql =>
  sql`(CASE WHEN ${isMissing(column, value)} THEN NULL ELSE CAST(${value} AS VARCHAR) END)`;

/**
 * A numeric, boolean or time column as a DOUBLE, missing as NULL: numbers as they are, booleans 0 and 1, dates as days and times as seconds
 * since 1970, as `TableInput.matrix` gives them.
 */
export function presentNumber(column: Column): Sql {
  const { name, type } = column;
  if (mayBeNaN(type)) return sql`(CASE WHEN isnan(${id(name)}) THEN NULL ELSE ${id(name)}::DOUBLE END)`;
  if (typeFamily(type) === 'boolean') return sql`${id(name)}::INTEGER::DOUBLE`;
  if (typeFamily(type) !== 'time') return sql`${id(name)}::DOUBLE`;
  if (type === 'DATE') return sql`(${id(name)} - DATE '1970-01-01')::DOUBLE`;
  return type.startsWith('TIMESTAMP') ? sql`(epoch_us(${id(name)})::DOUBLE / 1e6)` : sql`epoch(${id(name)})::DOUBLE`;
}
