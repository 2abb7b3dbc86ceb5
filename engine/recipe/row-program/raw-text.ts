import type { SqlValue } from '../../../shared/sql.ts';

/** A value of a request as DuckDB reads it back: numbers with as many digits as they need. */
export function toText(value: Exclude<SqlValue, null>): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  return String(value);
}
