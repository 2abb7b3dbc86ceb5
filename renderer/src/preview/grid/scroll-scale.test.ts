import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barToTop,
  clampTop,
  createScrollScale,
  maxTop,
  pagesOf,
  rowOffset,
  rowsInView,
  topToBar,
  topToReveal,
  visibleRows,
} from './scroll-scale.ts';

const hundredMillion = createScrollScale(100_000_000, 24, 600);

describe('a table that fits into an element', () => {
  const s = createScrollScale(1000, 24, 600);
  it('scrolls pixel for pixel', () => {
    expect(s).toEqual({ rows: 1000, rowPx: 24, viewportPx: 600, realPx: 24_000, barPx: 24_000, scale: 1 });
    expect(barToTop(s, 4800)).toBe(4800);
  });
  it('shows the rows at the top and at the end', () => {
    expect(visibleRows(s, 0, 0)).toEqual({ first: 0, end: 25 });
    expect(visibleRows(s, maxTop(s), 0)).toEqual({ first: 975, end: 1000 });
  });
  it('stays at the top when all rows fit into the viewport', () => {
    const small = createScrollScale(3, 24, 600);
    expect(maxTop(small)).toBe(0);
    expect(clampTop(small, 500)).toBe(0);
    expect(visibleRows(small, 0)).toEqual({ first: 0, end: 3 });
  });
  it('has no rows when there are none', () => {
    const none = createScrollScale(0, 24, 600);
    expect(visibleRows(none, 0)).toEqual({ first: 0, end: 0 });
    expect(pagesOf(visibleRows(none, 0), 200)).toEqual([]);
  });
});

describe('a hundred million rows', () => {
  it('keeps the bar under the cap of the browser', () => {
    expect(hundredMillion.barPx).toBe(8_000_000);
    expect(hundredMillion.realPx).toBe(2_400_000_000);
  });
  it('reaches the very first and the very last row by the bar', () => {
    expect(visibleRows(hundredMillion, barToTop(hundredMillion, 0), 0).first).toBe(0);
    const end = barToTop(hundredMillion, hundredMillion.barPx - hundredMillion.viewportPx);
    expect(visibleRows(hundredMillion, end, 0).end).toBe(100_000_000);
    expect(rowOffset(hundredMillion, end, 99_999_999)).toBe(576);
  });
  it('moves by one row with a key, wherever it is', () => {
    const top = topToReveal(hundredMillion, 0, 50_000_000);
    expect(visibleRows(hundredMillion, top, 0).end).toBe(50_000_001);
    expect(topToReveal(hundredMillion, top, 50_000_001) - top).toBe(24);
  });
  it('shows every row by bar and wheel together: none is out of reach', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (row) => {
        const top = topToReveal(hundredMillion, 0, row);
        const seen = visibleRows(hundredMillion, top, 0);
        expect(row).toBeGreaterThanOrEqual(seen.first);
        expect(row).toBeLessThan(seen.end);
        const offset = rowOffset(hundredMillion, top, row);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(hundredMillion.viewportPx - hundredMillion.rowPx);
      }),
    );
  });
  it('comes back to the same place from bar pixels', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => {
        const top = part * maxTop(hundredMillion);
        expect(barToTop(hundredMillion, topToBar(hundredMillion, top))).toBeCloseTo(top, 3);
      }),
    );
  });
});

describe('pages and keys', () => {
  it('asks for the pages that hold the visible rows', () => {
    expect(pagesOf({ first: 190, end: 215 }, 200)).toEqual([0, 1]);
    expect(pagesOf({ first: 200, end: 400 }, 200)).toEqual([1]);
  });
  it('pages by the rows in view but one', () => {
    expect(rowsInView(createScrollScale(1000, 24, 240))).toBe(9);
    expect(rowsInView(createScrollScale(1000, 24, 10))).toBe(1);
  });
  it('does not move when the row is in view already', () => {
    const s = createScrollScale(1000, 24, 240);
    expect(topToReveal(s, 240, 12)).toBe(240);
    expect(topToReveal(s, 240, 4)).toBe(96);
    expect(topToReveal(s, 240, 25)).toBe(384);
  });
});
