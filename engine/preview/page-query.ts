/** The SQL of one page, and its bytes. */
import { encodePage, type PageColumn } from '../../shared/rpc/page.ts';
import { expression, id, ref, sql } from '../../shared/sql.ts';
import type { TableSchema } from '../../shared/wires.ts';
import type { Composer } from '../recipe/compose/compose.ts';

export interface PageRequest {
  offset: number;
  limit: number;
  sort: { column: string; descending: boolean } | null;
  filter: string;
}

/** A page crosses in at most this many bytes. */
const pageBytes = 1 << 20;

/** The filter as a WHERE, judged and bound; '' for none. */
export async function filterClause(composer: Composer, filter: string, schema: TableSchema): Promise<string> {
  if (filter.trim() === '') return '';
  const fragment = expression(filter, 'filter');
  await composer.judge.judge(fragment, new Map([['rows', schema]]));
  await composer.binder.columns(sql`SELECT 1 AS x FROM ${ref('rows')} WHERE ${fragment}`, [
    { ref: 'rows', columns: schema.columns, hidden: [] },
  ]);
  return ` WHERE ${fragment.render()}`;
}

/** @param numbered the table has `file_row_number`, so that rows are found by it and ties keep their order */
export function pageSelect(
  from: string,
  { offset, limit, sort }: PageRequest,
  { where, visible, numbered }: { where: string; visible: string; numbered: boolean },
): string {
  const place = 'file_row_number';
  if (numbered && sort === null && where === '')
    return `SELECT ${visible} FROM ${from} WHERE ${place} >= ${offset} AND ${place} < ${offset + limit} ORDER BY ${place}`;
  const keys = [
    ...(sort === null ? [] : [`${id(sort.column).render()} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST`]),
    ...(numbered ? [place] : []),
  ];
  const order = keys.length === 0 ? '' : ` ORDER BY ${keys.join(', ')}`;
  return `SELECT ${visible} FROM ${from}${where}${order} LIMIT ${limit} OFFSET ${offset}`;
}

/** Fewer rows when cells are long: a page never holds up the pipe. */
export function encodeWithin(columns: readonly PageColumn[], offset: number): Uint8Array<ArrayBuffer> {
  let rows = columns[0]?.values.length ?? 0;
  for (;;) {
    const page = encodePage({ offset, rows, columns: columns.map((c) => ({ ...c, values: c.values.slice(0, rows) })) });
    if (page.length <= pageBytes || rows <= 1) return page;
    rows = Math.max(1, Math.floor((rows * pageBytes) / page.length) - 1);
  }
}
