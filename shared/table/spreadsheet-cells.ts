/**
 * Texts that a spreadsheet takes for formulas when it opens a CSV file: they could fetch an address or start a program on the machine of whoever opens it. With
 * an apostrophe before them they are shown as texts. Numbers stay numbers, also those that stand in a column of texts.
 */
import { id, join, sql, type Sql } from '../sql.ts';
import { typeFamily, type Column } from '../wires.ts';

/** Signs, also the wide ones of East Asian keyboards, and what a spreadsheet skips before it looks. */
const begins = String.raw`^[=+\-@＝＋－＠\t\r\n]`;
const isFormula = new RegExp(begins, 'u');

/** A header, or a cell that is put together in the window. */
export const guardCell = (text: string): string =>
  text.length > 1 && isFormula.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;

const looksLikeFormula = (cell: Sql): Sql =>
  sql`(length(${cell}) > 1 AND regexp_matches(${cell}, ${begins}) AND TRY_CAST(${cell} AS DOUBLE) IS NULL)`;

export interface GuardedColumn {
  name: string;
  /** The cell as it is to be written, under the name that it is to have. */
  select: Sql;
  /** How many rows of it are changed; undefined for columns that are no texts. */
  count: Sql | undefined;
  renamed: boolean;
}

/** Of each column of a table what a spreadsheet may be given. */
export function guardColumns(columns: readonly Pick<Column, 'name' | 'type'>[]): GuardedColumn[] {
  return columns.map(({ name, type }) => {
    const column = id(name);
    const shown = guardCell(name);
    const isText = typeFamily(type) === 'text';
    const text = sql`CAST(${column} AS VARCHAR)`;
    const cell = isText ? sql`CASE WHEN ${looksLikeFormula(text)} THEN ${"'"} || ${text} ELSE ${text} END` : column;
    return {
      name,
      select: isText || shown !== name ? sql`${cell} AS ${id(shown)}` : column,
      count: isText ? sql`count(*) FILTER (WHERE ${looksLikeFormula(text)})` : undefined,
      renamed: shown !== name,
    };
  });
}

/** @param ask gives the one row of a SELECT of these items over the table */
export async function countGuarded(
  columns: readonly GuardedColumn[],
  ask: (items: Sql) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<{ name: string; cells: number; renamed: boolean }[]> {
  const counts = columns.flatMap(({ count }, i) => (count === undefined ? [] : [sql`${count} AS ${id(`c${i}`)}`]));
  const [row = {}] = counts.length === 0 ? [] : await ask(join(counts));
  return columns.map(({ name, renamed }, i) => ({ name, renamed, cells: Number(row[`c${i}`] ?? 0) }));
}

/** What was changed, in words; undefined: nothing. */
export function sayGuarded(changed: readonly { name: string; cells: number; renamed: boolean }[]): string | undefined {
  const touched = changed.filter(({ cells, renamed }) => cells > 0 || renamed);
  if (touched.length === 0) return undefined;
  const cells = touched.reduce((sum, column) => sum + column.cells, 0);
  const names = touched.slice(0, 8).map(({ name }) => `"${name}"`);
  const more = touched.length > 8 ? ` and ${touched.length - 8} more` : '';
  const headers = touched.filter(({ renamed }) => renamed).length;
  const what = [
    ...(cells > 0 ? [`${cells.toLocaleString('en')} ${cells === 1 ? 'cell' : 'cells'}`] : []),
    ...(headers > 0 ? [`${headers} ${headers === 1 ? 'header' : 'headers'}`] : []),
  ].join(' and ');
  return `${what} that a spreadsheet would take for formulas were written with an apostrophe before them, in ${names.join(', ')}${more}.`;
}
