/**
 * Values that the type of their column cannot hold. DuckDB finds types from the rows looked at, and changes without a word what comes later: 2.5 is 3 in a column of
 * whole numbers, 00123 is 123, a time of day is gone from a date, an hour of another zone keeps its digits, one without a zone is taken for UTC. So the columns of such types are read once as texts
 * before they are read as values, and judged by the rules that a request's texts are read by. (Making the values of these texts in each query instead
 * would be one pass less, and took DuckDB more than a minute to plan for 5,000 columns.)
 */
import type { QueryRows } from '../../../shared/capabilities.ts';
import { cellValue, type CellRules } from '../../../shared/cell-reading.ts';
import { own } from '../../../shared/own.ts';
import { sqlType } from '../../../shared/spec/column-types.ts';
import { id, literal, raw, sql } from '../../../shared/sql.ts';
import { isInteger, type Column } from '../../../shared/wires.ts';
import { findDateFormats } from './find-date-formats.ts';
import { forLines, readCsv, readOptions, type CsvParams } from './read-csv-sql.ts';

export interface Inexact {
  /** From 1, without the header. */
  row: number;
  /** How many rows have such a value. */
  rows: number;
  column: Column;
  value: string;
}

export const cellsOf = ({
  missingWords,
  decimalMark,
  thousandsMark,
  dateFormat,
  timestampFormat,
}: CsvParams): CellRules => ({ missingWords, decimalMark, thousandsMark, dateFormat, timestampFormat });

/** Yes, no and numbers with a fraction lose nothing; by a format of dates nothing is left over. */
const isJudged = (type: string, { dateFormat, timestampFormat }: CsvParams): boolean =>
  isInteger(type) ||
  type.startsWith('DECIMAL') ||
  type === 'TIME' ||
  isZoned(type) ||
  (type === 'DATE' && dateFormat === '') ||
  (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type) && timestampFormat === '');

const isZoned = (type: string): boolean => type === 'TIMESTAMP WITH TIME ZONE';

export async function findInexact(
  path: string,
  params: CsvParams,
  { query, lineBytes }: { query: QueryRows; lineBytes: number },
): Promise<Inexact | undefined> {
  const forThese = forLines(lineBytes, params);
  const found = await columnsOf(path, params, forThese, query);
  const learnt = await findDateFormats(path, params, found, query);
  const judged = found.filter(({ type }) => isJudged(type, learnt));
  if (judged.length === 0) return undefined;
  // One expression for all columns of a type: as many expressions as columns take longer to plan than to compute.
  const groups = Map.groupBy(judged, ({ name, type }) => `${type} ${Object.hasOwn(params.types, name)}`);
  const inOrder = [...groups.values()].flat();
  const marks = [...groups.values()].map((group) => {
    const [{ name, type } = { name: '', type: '' }] = group;
    const texts = group.map((column) => id(column.name).render()).join(', ');
    return `list_transform([${texts}], lambda cell: ${isBad(learnt, type, !Object.hasOwn(params.types, name))})`;
  });
  const types = { ...params.types, ...Object.fromEntries(judged.map(({ name }) => [name, 'text'])) };
  const rows = readCsv(path, { ...params, types }, forThese);
  const suspects = [...groups.values()].map((group) => {
    const texts = group.map((column) => id(column.name).render()).join(', ');
    return `regexp_matches(concat_ws('${between}', ${texts}), ${literal(suspect(group[0]?.type ?? ''))})`;
  });
  const any = raw(marks.map((one, i) => `(${suspects[i]} AND list_contains(${one}, true))`).join(' OR '));
  if ((await query(sql`SELECT 1 AS found FROM ${rows} WHERE ${any} LIMIT 1`)).length === 0) return undefined;
  const place = raw(
    `list_position(${marks.length === 1 ? (marks[0] ?? '') : `list_concat(${marks.join(', ')})`}, true)`,
  );
  const values = raw(inOrder.map(({ name }) => id(name).render()).join(', '));
  const [first] = await query(
    sql`SELECT count(*) AS n, min(row) AS row, min_by(place, row) AS place, min_by(value, row) AS value FROM (SELECT row, place, cells[place] AS value FROM (SELECT row_number() OVER () AS row, [${values}] AS cells, ${place} AS place FROM ${rows}) WHERE place > 0)`,
  );
  const column = inOrder[Number(first?.['place'] ?? 0) - 1];
  return first === undefined || column === undefined
    ? undefined
    : { rows: Number(first['n']), row: Number(first['row']), column, value: String(first['value']) };
}

const between = '\u001F';

/** Letters and signs without which no value of the type is changed: most rows are through with them, without each cell being read. */
function suspect(type: string): string {
  if (isInteger(type)) return String.raw`[.eE]|(^|${between})\s*0[0-9]`;
  const scale = /,\s*(\d+)\)$/.exec(type)?.[1];
  if (type.startsWith('DECIMAL')) return String.raw`[.,][0-9]{${Number(scale ?? 0) + 1}}|[eE]`;
  if (isZoned(type)) return '.';
  if (type === 'DATE') return `[^-0-9/${between}]`;
  return type === 'TIME' ? `[^0-9:.${between}]` : String.raw`[+A-SU-Za-z]|:[0-9.]*-`;
}

/** The columns as they are found when the file is opened, with the types that were set. */
async function columnsOf(
  path: string,
  params: CsvParams,
  forThese: ReturnType<typeof forLines>,
  query: QueryRows,
): Promise<Column[]> {
  const [sniffed] = await query(
    sql`SELECT to_json("Columns") AS columns FROM sniff_csv(${path}, ${readOptions({ ...params, types: {} }, forThese)})`,
  );
  const columns: Column[] = JSON.parse(String(sniffed?.['columns'] ?? '[]'));
  return columns.map(({ name, type }) => {
    const set = own(params.types, name);
    return { name, type: set === undefined ? type : sqlType(set) };
  });
}

/** There is something that can be read, and the type does not hold all that it says. What cannot be read DuckDB finds by itself, with its line. */
function isBad(learnt: CsvParams, type: string, wasFound: boolean): string {
  // Missing words are NULL already.
  const { value, holds = 'true' } = cellValue(cellsOf(learnt), type, 'cell');
  // Among the rows looked at these make a column of texts: they are names, whose zeros count.
  const isName = wasFound && isInteger(type) ? ` OR (cell >= '00' AND cell < '0:')` : '';
  // A person who chose the type has chosen UTC for them.
  const lacksZone = wasFound && isZoned(type) ? ` OR NOT regexp_matches(cell, ${zoneBehind})` : '';
  return `(${value} IS NOT NULL AND ((${holds}) IS NOT TRUE${isName}${lacksZone}))`;
}

/** Z, an offset or the name of a zone, behind a time of day. */
const zoneBehind = literal(
  String.raw`[0-9]:[0-9]{2}(:[0-9.]+)?\s*([zZ]|[+-][0-9]{1,2}(:?[0-9]{2}){0,2}|[A-Za-z][A-Za-z0-9_/+-]*)\s*$`,
);
