import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageCell } from '../../../shared/rpc/page.ts';
import { alignRows, type Sample } from './align-rows.ts';

const table = (columns: Record<string, readonly PageCell[]>, isWhole = true): Sample => ({
  columns: Object.entries(columns).map(([name, values]) => ({ name, values })),
  rows: Object.values(columns)[0]?.length ?? 0,
  isWhole,
});

describe('what a node did to its rows', () => {
  it('a filter drops rows, told at their place', () => {
    const { lines, ...counts } = alignRows(
      table({ x: [1, 2, 3], y: ['a', 'b', 'c'] }),
      table({ x: [1, 3], y: ['a', 'c'] }),
      {
        keepsPlaces: false,
      },
    );
    expect(lines).toEqual([
      { before: 0, after: 0, changed: [] },
      { before: 1, after: null, changed: [] },
      { before: 2, after: 1, changed: [] },
    ]);
    expect(counts).toEqual({
      dropped: 1,
      added: 0,
      changedRows: 0,
      changedCells: 0,
      filledCells: 0,
      isReordered: false,
    });
  });
  it('filled gaps are cells of the same row', () => {
    const found = alignRows(table({ x: [1, null, 3], y: [1, 1, 1] }), table({ x: [1, 2, 3], y: [1, 1, 1] }), {
      keepsPlaces: true,
    });
    expect(found).toMatchObject({ dropped: 0, added: 0, changedRows: 1, changedCells: 1, filledCells: 1 });
    expect(found.lines[1]).toEqual({ before: 1, after: 1, changed: ['x'] });
  });
  it('sorted rows are the same rows, and their order is another', () => {
    expect(alignRows(table({ x: [3, 1, 2] }), table({ x: [1, 2, 3] }), { keepsPlaces: true })).toMatchObject({
      dropped: 0,
      added: 0,
      changedCells: 0,
      isReordered: true,
      lines: [
        { before: 1, after: 0 },
        { before: 2, after: 1 },
        { before: 0, after: 2 },
      ],
    });
  });
  it('of equal rows the later ones may be kept, in their order', () => {
    expect(
      alignRows(table({ x: ['x', 'a', 'a', 'b'] }), table({ x: ['a', 'a', 'b'] }), { keepsPlaces: false }),
    ).toMatchObject({ dropped: 1, isReordered: false });
    expect(alignRows(table({ x: ['a', 'b', 'a'] }), table({ x: ['b', 'a'] }), { keepsPlaces: false })).toMatchObject({
      dropped: 1,
      isReordered: false,
    });
  });
  it('columns that came or went say nothing of a row; a type alone neither', () => {
    expect(
      alignRows(table({ x: ['1', '2'], gone: [1, 2] }), table({ x: [1, 2], made: [5, 6] }), { keepsPlaces: true }),
    ).toMatchObject({ changedCells: 0, dropped: 0, added: 0 });
  });
  it('of rows beyond those at hand it claims nothing', () => {
    expect(
      alignRows(table({ x: [1, 2, 3, 4] }, false), table({ x: [2, 4, 6] }, false), { keepsPlaces: false }),
    ).toMatchObject({
      dropped: 2,
      added: 0,
      lines: [{ before: 0 }, { before: 1, after: 0 }, { before: 2 }, { before: 3, after: 1 }],
    });
  });
  it('each row is used once: kept, dropped and added add up to both tables', () => {
    const column = fc.array(fc.option(fc.integer({ min: 0, max: 4 })), { maxLength: 30 });
    fc.assert(
      fc.property(column, column, fc.boolean(), (x, y, keepsPlaces) => {
        const { lines, dropped, added } = alignRows(table({ x }), table({ x: y }), { keepsPlaces });
        const sides = (side: 'before' | 'after'): number[] =>
          lines.flatMap((line) => line[side] ?? []).sort((a, b) => a - b);
        expect(sides('before')).toEqual(x.map((_, i) => i));
        expect(sides('after')).toEqual(y.map((_, i) => i));
        expect(x.length - dropped).toBe(y.length - added);
      }),
    );
  });
});
