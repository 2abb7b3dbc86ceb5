import { describe, expect, it } from 'vitest';
import { blockOf, isInBlock, moveByKey, startSelection, type GridKey } from './cell-selection.ts';

const extent = { rows: 1000, columns: 5, pageRows: 10 };
const key = (name: string, more: Partial<GridKey> = {}): GridKey => ({ key: name, ctrl: false, shift: false, ...more });
const at = (row: number, column: number) => startSelection({ row, column });

describe('keys in the grid', () => {
  it('move the focus by one cell and stop at the edges', () => {
    expect(moveByKey(at(0, 0), key('ArrowDown'), extent)).toEqual(at(1, 0));
    expect(moveByKey(at(999, 4), key('ArrowDown'), extent)).toEqual(at(999, 4));
    expect(moveByKey(at(3, 4), key('ArrowRight'), extent)).toEqual(at(3, 4));
  });
  it('go up into the header and no further', () => {
    expect(moveByKey(at(0, 2), key('ArrowUp'), extent)).toEqual(at(-1, 2));
    expect(moveByKey(at(-1, 2), key('ArrowUp'), extent)).toEqual(at(-1, 2));
  });
  it('jump to the ends with Ctrl', () => {
    expect(moveByKey(at(3, 2), key('End', { ctrl: true }), extent)).toEqual(at(999, 4));
    expect(moveByKey(at(3, 2), key('Home', { ctrl: true }), extent)).toEqual(at(0, 0));
    expect(moveByKey(at(3, 2), key('ArrowDown', { ctrl: true }), extent)).toEqual(at(999, 2));
  });
  it('page by what is in view', () => {
    expect(moveByKey(at(995, 0), key('PageDown'), extent)).toEqual(at(999, 0));
    expect(moveByKey(at(4, 0), key('PageUp'), extent)).toEqual(at(0, 0));
  });
  it('extend the block with Shift and keep the anchor', () => {
    const wide = moveByKey(
      moveByKey(at(5, 1), key('ArrowDown', { shift: true }), extent)!,
      key('ArrowLeft', { shift: true }),
      extent,
    )!;
    expect(blockOf(wide, 1000)).toEqual({ firstRow: 5, endRow: 7, firstColumn: 0, endColumn: 2 });
  });
  it('select everything with Ctrl A', () => {
    expect(blockOf(moveByKey(at(5, 1), key('a', { ctrl: true }), extent)!, 1000)).toEqual({
      firstRow: 0,
      endRow: 1000,
      firstColumn: 0,
      endColumn: 5,
    });
  });
  it('leave other keys to others', () => {
    expect(moveByKey(at(5, 1), key('x'), extent)).toBeNull();
    expect(moveByKey(at(0, 0), key('ArrowDown'), { ...extent, columns: 0 })).toBeNull();
  });
});

describe('a block', () => {
  it('of a header cell is the whole column', () => {
    const block = blockOf(at(-1, 3), 1000);
    expect(block).toEqual({ firstRow: 0, endRow: 1000, firstColumn: 3, endColumn: 4 });
    expect(isInBlock(block, 999, 3)).toBe(true);
    expect(isInBlock(block, 0, 2)).toBe(false);
  });
});
