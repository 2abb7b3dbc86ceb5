/** What the foot of a grid says of the selected cells. */
import type { Page, PageCell } from '../../../../shared/rpc/page.ts';
import type { CellBlock } from './cell-selection.ts';

export interface BlockFacts {
  cells: number;
  /** Of the numbers among the cells, when all of them are here. */
  sum: number | null;
  mean: number | null;
}

/** More cells than this are only counted: the foot must not fetch a table. */
const mostSummed = 20_000;

export function factsOf(block: CellBlock, valueAt: (row: number, column: number) => PageCell | undefined): BlockFacts {
  const cells = (block.endRow - block.firstRow) * (block.endColumn - block.firstColumn);
  if (cells > mostSummed) return { cells, sum: null, mean: null };
  let sum = 0;
  let numbers = 0;
  for (let row = block.firstRow; row < block.endRow; row++)
    for (let column = block.firstColumn; column < block.endColumn; column++) {
      const value = valueAt(row, column);
      if (value === undefined) return { cells, sum: null, mean: null };
      if (typeof value !== 'number' && typeof value !== 'bigint') continue;
      sum += Number(value);
      numbers++;
    }
  return numbers === 0 ? { cells, sum: null, mean: null } : { cells, sum, mean: sum / numbers };
}

/** Rows of a block out of the pages that hold them, columns in the order shown. */
export function cutBlock(pages: readonly Page[], block: CellBlock, columnAt: (column: number) => number): PageCell[][] {
  const rows: PageCell[][] = [];
  for (const page of pages)
    for (let i = Math.max(0, block.firstRow - page.offset); i < Math.min(page.rows, block.endRow - page.offset); i++)
      rows.push(
        Array.from(
          { length: block.endColumn - block.firstColumn },
          (_, c) => page.columns[columnAt(block.firstColumn + c)]?.values[i] ?? null,
        ),
      );
  return rows;
}
