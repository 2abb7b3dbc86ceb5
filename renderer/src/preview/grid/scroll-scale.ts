/**
 * The scroll maths of a table of any height. Chromium caps an element near 33.5 million pixels, so beyond `maxBarPx` the scroll bar is
 * scaled: the bar moves in bar pixels, while wheel and keys move in real pixels. All positions are exact up to 2^53 pixels.
 */
export interface ScrollScale {
  rows: number;
  rowPx: number;
  viewportPx: number;
  /** Height of all rows. */
  realPx: number;
  /** Height of the element that the browser scrolls. */
  barPx: number;
  /** Real pixels for one pixel of the bar; 1 while the table fits. */
  scale: number;
}

/** 8 million pixels: far below Chromium's cap at any device scale, and one bar pixel is still one row at 8 million rows. */
const maxBarPx = 8_000_000;

export function createScrollScale(
  rows: number,
  rowPx: number,
  viewportPx: number,
  maxPx: number = maxBarPx,
): ScrollScale {
  const realPx = Math.max(0, rows) * rowPx;
  const barPx = Math.min(realPx, Math.max(maxPx, viewportPx));
  const scale = realPx > barPx && barPx > viewportPx ? (realPx - viewportPx) / (barPx - viewportPx) : 1;
  return { rows: Math.max(0, rows), rowPx, viewportPx, realPx, barPx, scale };
}

/** The largest top position: the last row stands at the bottom of the viewport. */
export const maxTop = (s: ScrollScale): number => Math.max(0, s.realPx - s.viewportPx);
export const clampTop = (s: ScrollScale, topPx: number): number => Math.max(0, Math.min(maxTop(s), topPx));
export const barToTop = (s: ScrollScale, barPx: number): number => clampTop(s, barPx * s.scale);
export const topToBar = (s: ScrollScale, topPx: number): number => clampTop(s, topPx) / s.scale;

export interface RowRange {
  first: number;
  /** One after the last row. */
  end: number;
}

/** Rows that touch the viewport at this top, with `overscan` rows on either side. */
export function visibleRows(s: ScrollScale, topPx: number, overscan = 3): RowRange {
  const top = clampTop(s, topPx);
  return {
    first: Math.max(0, Math.floor(top / s.rowPx) - overscan),
    end: Math.min(s.rows, Math.ceil((top + s.viewportPx) / s.rowPx) + overscan),
  };
}

/** Where a row's upper edge stands inside the viewport, in pixels. */
export const rowOffset = (s: ScrollScale, topPx: number, row: number): number => row * s.rowPx - clampTop(s, topPx);

/** The nearest top at which the row is seen whole. */
export function topToReveal(s: ScrollScale, topPx: number, row: number): number {
  const upper = row * s.rowPx;
  if (upper < topPx) return clampTop(s, upper);
  const lower = upper + s.rowPx;
  return lower > topPx + s.viewportPx ? clampTop(s, lower - s.viewportPx) : clampTop(s, topPx);
}

/** Whole rows that fit: what Page down moves by. */
export const rowsInView = (s: ScrollScale): number => Math.max(1, Math.floor(s.viewportPx / s.rowPx) - 1);

/** Numbers of the pages that hold these rows. */
export function pagesOf(range: RowRange, pageRows: number): number[] {
  if (range.end <= range.first) return [];
  const first = Math.floor(range.first / pageRows);
  return Array.from({ length: Math.floor((range.end - 1) / pageRows) - first + 1 }, (_, i) => first + i);
}
