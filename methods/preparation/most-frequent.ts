import { id, raw, sql, type Sql } from '../../shared/sql.ts';
import type { QueryRows } from '../../shared/capabilities.ts';
import type { Column } from '../../shared/wires.ts';
import { isMissing } from './present-number.ts';

/** Counts of a column's values as text, most frequent first, equal counts by the value; missing values are left out. */
export async function countValues(
  query: QueryRows,
  ref: Sql,
  column: Column,
  limit?: number,
): Promise<{ value: string; count: number }[]> {
  const rows = await query(sql`
    SELECT CAST(${id(column.name)} AS VARCHAR) AS "value", count(*) AS "count" FROM ${ref}
    WHERE NOT ${isMissing(column)} GROUP BY ${id(column.name)} ORDER BY count(*) DESC, ${id(column.name)} ${limit === undefined ? sql`` : sql`LIMIT ${raw(String(limit))}`}`);
  return rows.map((row) => ({ value: String(row['value']), count: Number(row['count']) }));
}
