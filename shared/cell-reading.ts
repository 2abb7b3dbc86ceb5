/**
 * How a reader of texts reads one cell, once the type of its column is known: what stands for "missing", how numbers are written, and by which format dates are.
 * A model keeps the rules of the reader that it learnt from, so that a request's texts, a file sent to a service and a file to predict mean what the same texts
 * meant in training. The SQL says of a text what DuckDB's `read_csv` makes of it (`cell-reading.test.ts` in `nodes/read/csv` asks both), but for whole numbers:
 * `read_csv` rounds 2.5, which is refused here.
 */
import * as z from 'zod';
import type { QueryRows } from './capabilities.ts';
import { literal } from './sql.ts';
import { isInteger, typeFamily, type Column } from './wires.ts';

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

/** The value of a text; NULL for a missing word and for what cannot be read. */
export function readCell(rules: CellRules, type: string, text: string): string {
  const present =
    rules.missingWords.length === 0 ? text : `CASE WHEN ${isWord(rules, text)} THEN NULL ELSE ${text} END`;
  if (!isReadFromText(type)) return `CAST(${present} AS ${type})`;
  if (isInteger(type)) return wholeNumber(isWide(type) ? present : withoutThousands(rules, present), type);
  switch (typeFamily(type)) {
    case 'number':
      return `TRY_CAST(${withPoint(rules, withoutThousands(rules, present))} AS ${type})`;
    case 'time':
      return timeValue(rules, present, type);
    default:
      return `TRY_CAST(${present} AS ${type})`;
  }
}

/** Does a text say something, and nothing that is a value of the type? */
export const cannotBeRead = (rules: CellRules, type: string, text: string): string =>
  `(${text} IS NOT NULL${rules.missingWords.length === 0 ? '' : ` AND NOT ${isWord(rules, text)}`} AND ${readCell(rules, type, text)} IS NULL)`;

const isWord = ({ missingWords }: CellRules, text: string): string =>
  `(${text} IN (${missingWords.map((word) => literal(word)).join(', ')}))`;

function withoutThousands({ thousandsMark }: CellRules, text: string): string {
  const mark = thousandsMarks[thousandsMark];
  return mark === '' ? text : `replace(${text}, ${literal(mark)}, '')`;
}

/** Where the comma is the decimal mark, a point is none. */
const withPoint = ({ decimalMark }: CellRules, text: string): string =>
  decimalMark === 'point' ? text : `(CASE WHEN contains(${text}, '.') THEN NULL ELSE replace(${text}, ',', '.') END)`;

/** These the CSV reader casts as SQL does, whatever the thousands mark is. */
const isWide = (type: string): boolean => type.endsWith('HUGEINT');

/** 2.0 and 1e3 are whole, 2.5 is not; digits alone are read with all of them. */
const wholeNumber = (text: string, type: string): string =>
  `(CASE WHEN regexp_full_match(${text}, '\\s*[+-]?[0-9]+\\s*') OR TRY_CAST(${text} AS DECIMAL(38,10)) = TRY_CAST(TRY_CAST(${text} AS ${type}) AS DECIMAL(38,10)) THEN TRY_CAST(${text} AS ${type}) END)`;

function timeValue({ dateFormat, timestampFormat }: CellRules, text: string, type: string): string {
  const format = type === 'DATE' ? dateFormat : /^TIMESTAMP(_S|_MS|_NS)?$/.test(type) ? timestampFormat : '';
  return format === ''
    ? `TRY_CAST(${text} AS ${type})`
    : `TRY_CAST(try_strptime(${text}, ${literal(format)}) AS ${type})`;
}
