/** How a value of a table looks: numbers aligned by their decimals, nulls as a quiet mark, the exact value always at hand. */
import { isImageType, readImageCell } from '../../../shared/media/image.ts';
import type { PageCell } from '../../../shared/rpc/page.ts';
import { isInteger, typeFamily, type TypeFamily } from '../../../shared/wires.ts';

export type CellLook = 'null' | 'number' | 'yes' | 'no' | 'time' | 'text' | 'empty' | 'other';
export interface CellText {
  text: string;
  look: CellLook;
}

/** Decimals beyond this say nothing at a glance; the focused cell shows all of them. */
const mostDecimals = 4;
/** A text longer than this is cut in the cell: no column is wider than about 90 letters. */
const longestText = 300;

/** Decimals that align a column of floating numbers: as many as its values need, at most four. */
export function decimalsOf(values: readonly PageCell[]): number {
  let decimals = 0;
  for (const value of values) {
    if (typeof value !== 'number' || !Number.isFinite(value) || Number.isInteger(value) || isExponential(value))
      continue;
    const text = String(value);
    const dot = text.indexOf('.');
    if (dot >= 0 && !text.includes('e')) decimals = Math.max(decimals, Math.min(mostDecimals, text.length - dot - 1));
    if (decimals === mostDecimals) break;
  }
  return decimals;
}

const isExponential = (value: number): boolean =>
  value !== 0 && (Math.abs(value) >= 1e12 || Math.abs(value) < 0.5 * 10 ** -mostDecimals);

/** `decimals`: of the column, from `decimalsOf`; ignored for whole-number types. */
export function formatCell(value: PageCell, type: string, decimals = 0): CellText {
  if (value === null) return { text: '–', look: 'null' };
  if (typeof value === 'boolean') return { text: value ? 'true' : 'false', look: value ? 'yes' : 'no' };
  if (typeof value === 'bigint') return { text: value.toString(), look: 'number' };
  if (typeof value === 'number') return { text: formatNumber(value, isInteger(type) ? 0 : decimals), look: 'number' };
  if (isImageType(type)) return { text: readImageCell(value)?.name ?? value, look: 'text' };
  return formatText(value, typeFamily(type));
}

function formatText(value: string, family: TypeFamily): CellText {
  if (value === '') return { text: '""', look: 'empty' };
  const look = family === 'number' ? 'number' : family === 'time' ? 'time' : family === 'other' ? 'other' : 'text';
  const text = family === 'time' ? shortTime(value) : value;
  return { text: text.length > longestText ? `${text.slice(0, longestText)}…` : oneLine(text), look };
}

/** Line breaks and tabs inside a cell are shown as signs: a row stays one line. */
const oneLine = (text: string): string =>
  /[\n\r\t]/.test(text) ? text.replaceAll(/\r\n|\r|\n/g, '↵').replaceAll('\t', '⇥') : text;

/** A timestamp at midnight is a date; the T of ISO and a trailing `.000` are noise. */
function shortTime(text: string): string {
  return text
    .replace('T', ' ')
    .replace(/(\.\d*?)0+(?=$|Z|[+-]\d\d)/, '$1')
    .replace(/\.(?=$|Z|[+-]\d\d)/, '')
    .replace(/ 00:00:00(?=$|Z)/, '')
    .replace(/Z$/, '');
}

function formatNumber(value: number, decimals: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const text =
    isExponential(value) && !Number.isInteger(value)
      ? value.toExponential(3)
      : Math.abs(value) >= 1e21
        ? String(value)
        : value.toFixed(decimals);
  return text.replace('-', '−');
}

/** The value to its last digit, for the focused cell, the tooltip and the clipboard. Null is empty. */
export function exactText(value: PageCell): string {
  return value === null ? '' : String(value);
}

/** Cells as tab-separated lines that a spreadsheet takes; a text with tabs, breaks or quotes is quoted. */
export function toTsv(rows: readonly (readonly PageCell[])[]): string {
  return rows.map((row) => row.map((cell) => quoteTsv(exactText(cell))).join('\t')).join('\n');
}
const quoteTsv = (text: string): string => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
