/** The rows of a chart in one form: x, y, c (colour) and f (small chart), with the rare values of the last two put together. */
import type { QueryRows, TableInput } from '../../../shared/capabilities.ts';
import { id, join, sql, type Sql } from '../../../shared/sql.ts';
import { partitionColumn, typeFamily, type Column } from '../../../shared/wires.ts';
import { categoryText, isMissing, presentNumber } from '../../../methods/preparation/present-number.ts';

export const missingLabel = '(missing)';
export const otherLabel = '(other)';
const mostColors = 8;
const mostFacets = 9;

export interface ChartRows {
  query: QueryRows;
  /** A FROM item. */
  from: Sql;
}
export interface Wanted {
  x: { column: Column | undefined; as: 'number' | 'text' | 'own' };
  y: Column | undefined;
  color: Column | undefined;
  facet: Column | undefined;
  partition: 'all' | 'train';
}

export async function openChartRows(table: TableInput, wanted: Wanted): Promise<ChartRows> {
  const where =
    wanted.partition === 'train' && table.schema.split ? sql` WHERE ${id(partitionColumn)} = 'train'` : sql``;
  const rows = sql`(SELECT * FROM ${table.ref}${where})`;
  const color = await grouped(table.query, rows, wanted.color, mostColors);
  const facet = await grouped(table.query, rows, wanted.facet, mostFacets);
  return {
    query: table.query,
    from: sql`(SELECT ${xValue(wanted.x)} AS x, ${wanted.y === undefined ? sql`NULL::DOUBLE` : presentNumber(wanted.y)} AS y, ${color} AS c, ${facet} AS f FROM ${rows})`,
  };
}

function xValue({ column, as }: Wanted['x']): Sql {
  if (column === undefined) return sql`'all rows'`;
  if (as === 'number') return presentNumber(column);
  if (as === 'text') return labelOf(column);
  return sql`(CASE WHEN ${isMissing(column)} THEN NULL ELSE ${id(column.name)} END)`;
}

const labelOf = (column: Column): Sql => sql`coalesce(${categoryText(column)}, ${missingLabel})`;

async function grouped(query: QueryRows, rows: Sql, column: Column | undefined, most: number): Promise<Sql> {
  if (column === undefined) return sql`''`;
  const label = labelOf(column);
  const counts = await query(
    sql`SELECT ${label} AS v, count(*) AS n FROM ${rows} GROUP BY 1 ORDER BY n DESC, v LIMIT ${most + 1}`,
  );
  if (counts.length <= most) return label;
  const kept = counts.slice(0, most - 1).map((row) => sql`${String(row['v'])}`);
  return sql`(CASE WHEN ${label} IN (${join(kept)}) THEN ${label} ELSE ${otherLabel} END)`;
}

export const isOrdered = (column: Column | undefined): boolean =>
  column !== undefined && ['number', 'time'].includes(typeFamily(column.type));
