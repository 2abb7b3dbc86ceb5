/** Where columns stand: widths that fit what they hold, and which of them are in view, so that a table of a thousand columns costs no more than one of ten. */
import { isImageType } from '../../../shared/media/image.ts';
import type { Column } from '../../../shared/wires.ts';
import { partitionColumn, rowColumn, typeFamily } from '../../../shared/wires.ts';

/** Room for the number of the last row. */
export const rowNumberWidth = (rows: number): number =>
  Math.max(64, Math.ceil(Math.log10(Math.max(10, rows))) * 8 + 20);
export const narrowestPx = 56;
const widestPx = 640;
/** Inter at 12 px: an average letter with our padding. */
const letterPx = 6.6;
/** A tabular figure; a number is never cut, so this is its full width. */
const figurePx = 7.4;

/** The small picture of an image, beside its name. */
const picturePx = 42;

/** A width from the column's name, type and the longest of the texts seen first. */
export function guessWidth(column: Column, longestText: number): number {
  const family = typeFamily(column.type);
  const head =
    column.name.length * 7 +
    44 +
    (column.role === undefined || column.role === 'feature' ? 0 : column.role.length * 5.5 + 12);
  const least = family === 'text' || family === 'other' ? 112 : 104;
  const picture = isImageType(column.type) ? picturePx : 0;
  const body =
    Math.min(longestText, 42) * (family === 'number' || family === 'time' ? figurePx : letterPx) + 22 + picture;
  return Math.round(Math.max(least, Math.min(head, 220), Math.min(body, 300)));
}

export const clampWidth = (px: number): number => Math.round(Math.max(narrowestPx, Math.min(widestPx, px)));

/** The columns that a person sees: the row's rank is hidden, the partition comes first. */
export function shownColumns<C extends Column>(columns: readonly C[]): C[] {
  const partition = columns.filter((c) => c.name === partitionColumn);
  return [...partition, ...columns.filter((c) => c.name !== rowColumn && c.name !== partitionColumn)];
}

export interface ColumnLayout {
  /** Left edge of each column after the row number, and at the end the whole width. */
  edges: readonly number[];
  widths: readonly number[];
}

export function layOut(widths: readonly number[]): ColumnLayout {
  const edges = [0];
  for (const width of widths) edges.push((edges.at(-1) ?? 0) + width);
  return { edges, widths };
}
export const totalWidth = (layout: ColumnLayout): number => layout.edges.at(-1) ?? 0;

/** The columns that touch the view; `end` is one after the last. */
export function visibleColumns(layout: ColumnLayout, leftPx: number, viewPx: number): { first: number; end: number } {
  const count = layout.widths.length;
  const first = Math.max(0, columnAt(layout, leftPx) - 1);
  const end = Math.min(count, columnAt(layout, leftPx + viewPx) + 2);
  return { first, end: Math.max(first, end) };
}

/** The column under a position, by bisection. */
export function columnAt(layout: ColumnLayout, px: number): number {
  let low = 0;
  let high = layout.widths.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((layout.edges[middle] ?? 0) <= px) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The scroll position at which the column is seen whole, left of it the row numbers. */
export function leftToReveal(layout: ColumnLayout, leftPx: number, viewPx: number, column: number): number {
  const start = layout.edges[column] ?? 0;
  const end = layout.edges[column + 1] ?? start;
  if (start < leftPx) return start;
  return end > leftPx + viewPx ? Math.max(0, Math.min(start, end - viewPx)) : leftPx;
}
