/**
 * Values that the type of their column cannot hold. DuckDB finds types from the rows looked at, and changes without a word what comes later: 2.5 is 3 in a column of
 * whole numbers, 00123 is 123, a time of day is gone from a date, an hour of another zone keeps its digits, one without a zone is taken for UTC. So the columns of such types are read once as texts
 * before they are read as values, and judged by the rules that a request's texts are read by. (Making the values of these texts in each query instead
 * would be one pass less, and took DuckDB more than a minute to plan for 5,000 columns.) Numbers with a fraction are read as numbers in that pass, and as texts only
 * where some are so large that digits may be lost, or infinite (1e400), or where a mark between thousands could stand elsewhere.
 */
import type { QueryRows } from '../../../shared/capabilities.ts';
import { cellValue, thousandsMarks, type CellRules } from '../../../shared/table/cell-reading.ts';
import { own } from '../../../shared/own.ts';
import { sqlType } from '../../../shared/kind/column-types.ts';
import { id, literal, raw, sql, type Sql } from '../../../shared/sql.ts';
import { isInteger, type Column } from '../../../shared/wires.ts';
import { findDateFormats } from './find-date-formats.ts';
import { isFinerTime, losesDigits } from './lost-digits.ts';
import { forLines, readCsv, readOptions, type CsvParams } from './read-csv-sql.ts';

export interface Inexact {
  /** From 1, without the header. */
  row: number;
  /** How many rows have such a value. */
  rows: number;
  column: Column;
  value: string;
}

export interface Doubts {
  /** The first value that its type could hold only changed. */
  inexact?: Inexact;
  /** A value of the column loses its last digits, which are seldom meant. */
  lost: { column: Column; value: string }[];
}

export const cellsOf = ({
  missingWords,
  decimalMark,
  thousandsMark,
  dateFormat,
  timestampFormat,
}: CsvParams): CellRules => ({ missingWords, decimalMark, thousandsMark, dateFormat, timestampFormat });

/** Yes and no lose nothing; by a format of dates nothing is left over. */
const isJudged = (type: string, { dateFormat, timestampFormat, thousandsMark }: CsvParams): boolean =>
  isInteger(type) ||
  (isFloat(type) && thousandsMark !== 'none') ||
  type.startsWith('DECIMAL') ||
  type === 'TIME' ||
  isZoned(type) ||
  (type === 'DATE' && dateFormat === '') ||
  (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type) && timestampFormat === '');

const isFloat = (type: string): boolean => /^(DOUBLE|FLOAT|REAL)$/.test(type);
const isZoned = (type: string): boolean => type === 'TIMESTAMP WITH TIME ZONE';

const between = '\u001F';

export async function findDoubts(
  path: string,
  params: CsvParams,
  { query, lineBytes }: { query: QueryRows; lineBytes: number },
): Promise<Doubts> {
  const forThese = forLines(lineBytes, params);
  const found = await columnsOf(path, params, forThese, query);
  const learnt = await findDateFormats(path, params, found, query);
  const judged = found.filter(({ type }) => isJudged(type, learnt));
  const numbers = found.filter(({ type }) => isFloat(type));
  const isFound = ({ name }: Column): boolean => !Object.hasOwn(params.types, name);
  const times = judged.filter((c) => isFound(c) && /^TIME(STAMP)?( WITH TIME ZONE)?$/.test(c.type));
  const asTexts = (columns: readonly Column[]): Sql => {
    const types = { ...params.types, ...Object.fromEntries(columns.map(({ name }) => [name, 'text'])) };
    return readCsv(path, { ...params, types }, forThese);
  };
  const values = numbers
    .map((column) => {
      const cell = id(column.name).render();
      return judged.includes(column) ? cellValue(cellsOf(params), column.type, cell).value : cell;
    })
    .join(', ');
  const asked = Object.entries({
    inexact: anyOf(groupsOf(judged, params).map((group) => suspected(group, params, isBadIn(group, learnt, params)))),
    fine: anyOf(times.length === 0 ? [] : [`regexp_matches(${joined(times)}, ${literal(finerThanMicroseconds)})`]),
    large: anyOf(
      numbers.length === 0 ? [] : [`greatest(${values}) >= ${exactUpTo} OR least(${values}) <= -${exactUpTo}`],
    ),
  });
  if (judged.length + numbers.length === 0) return { lost: [] };
  const [row] = await query(
    sql`SELECT ${raw(asked.map(([name, one]) => `bool_or(${one}) AS ${name}`).join(', '))} FROM ${asTexts(judged)}`,
  );
  const inexact =
    (row?.['inexact'] === true ? await locate(judged, asTexts(judged)) : undefined) ??
    (row?.['large'] === true ? await locate(numbers, asTexts(numbers)) : undefined);
  if (inexact !== undefined) return { inexact, lost: [] };
  return {
    lost: [
      ...(row?.['large'] === true
        ? await examples(numbers.filter(isFound), manyDigits, (value) => losesDigits(value, params))
        : []),
      ...(row?.['fine'] === true ? await examples(times, finerThanMicroseconds, isFinerTime) : []),
    ],
  };

  async function locate(columns: readonly Column[], rows: Sql): Promise<Inexact | undefined> {
    const groups = groupsOf(columns, params);
    const marks = groups.map((group) => isBadIn(group, learnt, params));
    const place = raw(
      `list_position(${marks.length === 1 ? (marks[0] ?? '') : `list_concat(${marks.join(', ')})`}, true)`,
    );
    const inOrder = groups.flat();
    const [first] = await query(
      sql`SELECT count(*) AS n, min(row) AS row, min_by(place, row) AS place, min_by(value, row) AS value FROM (SELECT row, place, cells[place] AS value FROM (SELECT row_number() OVER () AS row, [${raw(list(inOrder))}] AS cells, ${place} AS place FROM ${rows}) WHERE place > 0)`,
    );
    const column = inOrder[Number(first?.['place'] ?? 0) - 1];
    return first === undefined || column === undefined
      ? undefined
      : { rows: Number(first['n']), row: Number(first['row']), column, value: String(first['value']) };
  }

  /** One of each column that has some; of those that look like it the first few are asked. */
  async function examples(
    columns: readonly Column[],
    like: string,
    isOne: (value: string) => boolean,
  ): Promise<Doubts['lost']> {
    if (columns.length === 0) return [];
    const alike = await query(
      sql`SELECT place, array_to_string(min(cell, 100), ${between}) AS cells FROM (SELECT unnest(range(${raw(String(columns.length))})) AS place, unnest([${raw(list(columns))}]) AS cell FROM ${asTexts(columns)}) WHERE regexp_matches(cell, ${like}) GROUP BY place ORDER BY place`,
    );
    return alike.flatMap((one) => {
      const column = columns[Number(one['place'])];
      const value = String(one['cells']).split(between).find(isOne);
      return column === undefined || value === undefined ? [] : [{ column, value }];
    });
  }
}

/** Whole numbers up to it are numbers of 64 bits, each of them. */
const exactUpTo = '9007199254740992';
const manyDigits = String.raw`^\s*[+-]?[0-9][0-9.,'’ ]{15}`;
const finerThanMicroseconds = String.raw`:[0-9]{2}\.[0-9]{6}[0-9]*[1-9]`;

const list = (columns: readonly Column[]): string => columns.map(({ name }) => id(name).render()).join(', ');
const joined = (columns: readonly Column[]): string => `concat_ws('${between}', ${list(columns)})`;
const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'false' : conditions.map((one) => `(${one})`).join(' OR ');

/** One expression for all columns of a type: as many expressions as columns take longer to plan than to compute. */
const groupsOf = (columns: readonly Column[], { types }: CsvParams): Column[][] => [
  ...Map.groupBy(columns, ({ name, type }) => `${type} ${Object.hasOwn(types, name)}`).values(),
];
function isBadIn(group: readonly Column[], learnt: CsvParams, { types }: CsvParams): string {
  const [{ name, type } = { name: '', type: '' }] = group;
  return `list_transform([${list(group)}], lambda cell: ${isBad(learnt, type, !Object.hasOwn(types, name))})`;
}
/** Whether a row has a changed value. By CASE, since DuckDB computes both sides of an AND for every row: what is costly is asked where what is cheap says yes. */
function suspected(group: readonly Column[], params: CsvParams, bad: string): string {
  const [{ type } = { type: '' }] = group;
  const looksLikeIt = `regexp_matches(${joined(group)}, ${literal(suspect(type, params))})`;
  const asked = `CASE WHEN ${looksLikeIt} THEN list_contains(${bad}, true) ELSE false END`;
  const isPlain = type === 'DATE' || (isInteger(type) && params.thousandsMark === 'none');
  if (!isPlain || group.length > plannedAlone) return asked;
  // What is written as the type itself writes it has lost nothing; a cast costs half of the regular expression.
  const others = group.map(({ name }) => {
    const cell = id(name).render();
    return `CAST(${cellValue(cellsOf(params), type, cell).value} AS VARCHAR) <> ${cell}`;
  });
  return `CASE WHEN ${others.join(' OR ')} THEN ${asked} ELSE false END`;
}
/** So many expressions of their own are planned at once. */
const plannedAlone = 64;

/** Letters and signs without which no value of the type is changed: most rows are through with them, without each cell being read. */
function suspect(type: string, { thousandsMark }: CsvParams): string {
  const mark = thousandsMarks[thousandsMark];
  const elsewhere = mark === '' ? '' : String.raw`|[${mark}][0-9]{0,2}([^0-9]|$)|[${mark}][0-9]{4}`;
  if (isInteger(type)) return String.raw`[.eExXbB_]|(^|${between})\s*0[0-9]${elsewhere}`;
  if (isFloat(type)) return elsewhere.slice(1);
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
  // Among the rows looked at these make a column of texts: they are names, whose zeros and signs count.
  const isName =
    wasFound && isInteger(type) ? ` OR (cell >= '00' AND cell < '0:') OR regexp_matches(cell, '[xXbB_]')` : '';
  // A person who chose the type has chosen UTC for them.
  const lacksZone = wasFound && isZoned(type) ? ` OR NOT regexp_matches(cell, ${zoneBehind})` : '';
  return `(${value} IS NOT NULL AND ((${holds}) IS NOT TRUE${isName}${lacksZone}))`;
}

/** Z, an offset or the name of a zone, behind a time of day. */
const zoneBehind = literal(
  String.raw`[0-9]:[0-9]{2}(:[0-9.]+)?\s*([zZ]|[+-][0-9]{1,2}(:?[0-9]{2}){0,2}|[A-Za-z][A-Za-z0-9_/+-]*)\s*$`,
);
