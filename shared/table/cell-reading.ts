/**
 * How a reader of texts reads one cell, once the type of its column is known: what stands for "missing", how numbers are written, and by which format dates are.
 * A model keeps the rules of the reader that it learnt from, so that a request's texts, a file sent to a service and a file to predict mean what the same texts
 * meant in training. The SQL says of a text what DuckDB's `read_csv` makes of it (`cell-reading.test.ts` in `nodes/read/csv` asks both), but for what `read_csv`
 * changes without a word (2.5 to 3, 2.555 to 2.56, 1e400 to infinity, a time of day to its date): that is refused here, and the reader refuses it by the same rules.
 */
import * as z from 'zod';
import type { QueryRows } from '../capabilities.ts';
import { literal } from '../sql.ts';
import { isInteger, typeFamily, type Column } from '../wires.ts';

export const decimalMarks = { point: '.', comma: ',' } as const;
export const thousandsMarks = { none: '', point: '.', comma: ',', space: ' ', apostrophe: "'" } as const;

export const cellRules = z.object({
  /** A cell that is exactly one of these is missing. */
  missingWords: z.array(z.string()),
  decimalMark: z.enum(['point', 'comma']),
  thousandsMark: z.enum(['none', 'point', 'comma', 'space', 'apostrophe']),
  /** As `strptime` has them; empty: ISO. */
  dateFormat: z.string(),
  timestampFormat: z.string(),
});
export type CellRules = z.output<typeof cellRules>;

/** What a reader declares of the cells of its files. */
export interface ReadsCells<P> {
  /** Its parameters with every column's type declared, so that another file of the same form is never sniffed anew (`predict`, services). */
  pin?: (params: P, columns: readonly Column[]) => P;
  /** Its parameters with what it found of this file by itself and another file could be read differently without: the format of its dates. */
  learn?: (context: { path: string; params: P; columns: readonly Column[]; query: QueryRows }) => Promise<P>;
  /** How it reads a text. A model keeps it: requests and files to predict are read likewise. */
  cells?: (params: P) => CellRules;
}

/** For models whose rows came from no reader of texts: numbers and times as SQL and JSON write them, and no word for "missing". */
export const plainCells: CellRules = {
  missingWords: [],
  decimalMark: 'point',
  thousandsMark: 'none',
  dateFormat: '',
  timestampFormat: '',
};

/** Is a cell of this type written as a text that has to be read? Texts stand for themselves; lists, structures and images have no cells. */
export const isReadFromText = (type: string): boolean => ['number', 'boolean', 'time'].includes(typeFamily(type));

/**
 * The value of a text; NULL for a missing word, for what cannot be read, and for what the type could hold only changed: a fraction for a whole number, digits beyond
 * a decimal's, a number beyond all numbers, a time of day for a date, an hour of another zone.
 */
export function readCell(rules: CellRules, type: string, text: string): string {
  const present =
    rules.missingWords.length === 0 ? text : `CASE WHEN ${isWord(rules, text)} THEN NULL ELSE ${text} END`;
  const { value, holds } = cellValue(rules, type, present);
  return holds === undefined ? value : `(CASE WHEN ${holds} THEN ${value} END)`;
}

/** What a text that is there becomes, and whether the type holds all that it says. Without the latter, whatever can be read is held. */
export function cellValue(rules: CellRules, type: string, text: string): { value: string; holds?: string } {
  if (!isReadFromText(type)) return { value: `CAST(${text} AS ${type})` };
  if (isInteger(type))
    return isWide(type)
      ? wholeNumber(text, type)
      : grouped(rules, text, wholeNumber(withoutThousands(rules, text), type));
  switch (typeFamily(type)) {
    case 'number':
      return grouped(rules, text, numberValue(withPoint(rules, withoutThousands(rules, text)), type));
    case 'time':
      return timeValue(rules, text, type);
    default:
      return { value: `TRY_CAST(${text} AS ${type})` };
  }
}

/** Does a text say something, and nothing that is a value of the type? */
export const cannotBeRead = (rules: CellRules, type: string, text: string): string =>
  `(${text} IS NOT NULL${rules.missingWords.length === 0 ? '' : ` AND NOT ${isWord(rules, text)}`} AND ${readCell(rules, type, text)} IS NULL)`;

/** Not with IN: DuckDB plans a join for each IN of more than a few values, and a query has one for each use of each column. */
const isWord = ({ missingWords }: CellRules, text: string): string =>
  `list_contains([${missingWords.map((word) => literal(word)).join(', ')}], ${text})`;

function withoutThousands({ thousandsMark }: CellRules, text: string): string {
  const mark = thousandsMarks[thousandsMark];
  return mark === '' ? text : `replace(${text}, ${literal(mark)}, '')`;
}

/** A mark between thousands stands before three digits, and before two or three further to the left (1,23,456): 20.5 is not 205. */
function grouped<Value extends { value: string; holds?: string }>(
  { thousandsMark, decimalMark }: CellRules,
  text: string,
  number: Value,
): { value: string; holds?: string } {
  const mark = thousandsMarks[thousandsMark];
  if (mark === '') return number;
  const [between, decimal] = [mark, decimalMarks[decimalMark]].map((one) => (one === '.' ? String.raw`\.` : one));
  const form = String.raw`\s*[+-]?\d{1,3}(${between}\d{2,3})*${between}\d{3}(${decimal}\d*)?([eE][+-]?\d+)?\s*`;
  const isGrouped = `(NOT contains(${text}, ${literal(mark)}) OR regexp_full_match(${text}, ${literal(form)}))`;
  return { ...number, holds: number.holds === undefined ? isGrouped : `(${isGrouped} AND ${number.holds})` };
}

/** Where the comma is the decimal mark, a point is none. */
const withPoint = ({ decimalMark }: CellRules, text: string): string =>
  decimalMark === 'point' ? text : `(CASE WHEN contains(${text}, '.') THEN NULL ELSE replace(${text}, ',', '.') END)`;

/** These the CSV reader casts as SQL does, whatever the thousands mark is. */
const isWide = (type: string): boolean => type.endsWith('HUGEINT');

/**
 * 2.0 and 1e3 are whole, 2.5 is not: as a number with a fraction it is another. The widest types are compared as they are written first, since such a number
 * has too few digits for them.
 */
function wholeNumber(text: string, type: string): { value: string; holds: string } {
  const value = `TRY_CAST(${text} AS ${type})`;
  const digits = isWide(type) ? `regexp_full_match(${text}, '\\s*[+-]?[0-9]+\\s*') OR ` : '';
  return {
    value,
    holds: `(${digits}TRY_CAST(${text} AS DOUBLE) = ${value} OR regexp_full_match(${text}, ${hexadecimal}))`,
  };
}
const hexadecimal = literal(String.raw`\s*0([xX][0-9a-fA-F]+|[bB][01]+)\s*`);

function numberValue(text: string, type: string): { value: string; holds?: string } {
  const value = `TRY_CAST(${text} AS ${type})`;
  const scale = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1];
  // 1e400 would be infinite; what the file itself calls infinite is.
  if (scale === undefined)
    return /^(DOUBLE|FLOAT|REAL)$/.test(type)
      ? { value, holds: `(NOT isinf(${value}) OR NOT regexp_matches(${text}, '[0-9]'))` }
      : { value };
  const digits = literal(String.raw`\s*[+-]?\d*(\.\d{0,${scale}}0*)?\s*`);
  return {
    value,
    holds: `(regexp_full_match(${text}, ${digits}) OR TRY_CAST(${text} AS DOUBLE) = CAST(${value} AS DOUBLE))`,
  };
}

function timeValue(
  { dateFormat, timestampFormat }: CellRules,
  text: string,
  type: string,
): { value: string; holds?: string } {
  const format = type === 'DATE' ? dateFormat : isTimestamp(type) ? timestampFormat : '';
  if (format !== '') return { value: `TRY_CAST(try_strptime(${text}, ${literal(format)}) AS ${type})` };
  const value = `TRY_CAST(${text} AS ${type})`;
  const kept = keptWhole(text, value, type);
  return kept === undefined ? { value } : { value, holds: `(CAST(${value} AS VARCHAR) = ${text} OR ${kept})` };
}

const isTimestamp = (type: string): boolean => /^TIMESTAMP(_S|_MS|_NS)?$/.test(type);

/** Does a date or a time without a format say all that its text does? */
function keptWhole(text: string, value: string, type: string): string | undefined {
  if (type === 'DATE') return `TRY_CAST(${text} AS TIMESTAMP) = TRY_CAST(${value} AS TIMESTAMP)`;
  if (type === 'TIME') return `regexp_full_match(${text}, ${literal(String.raw`\s*\d+:\d+(:\d+(\.\d*)?)?\s*`)})`;
  // A zone other than that of the session would be dropped.
  return isTimestamp(type)
    ? `TRY_CAST(${text} AS TIMESTAMP WITH TIME ZONE) = TRY_CAST(TRY_CAST(${value} AS TIMESTAMP) AS TIMESTAMP WITH TIME ZONE)`
    : undefined;
}
