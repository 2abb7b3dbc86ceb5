import { expect, it } from 'vitest';
import { cutBlock, factsOf } from './selection-words.ts';

const block = { firstRow: 1, endRow: 3, firstColumn: 0, endColumn: 2 };
const table = [
  [1, 'a'],
  [2, 'b'],
  [4n, 'c'],
  [8, 'd'],
];

it('sums the numbers among the selected cells', () => {
  expect(factsOf(block, (row, column) => table[row]?.[column] ?? undefined)).toEqual({ cells: 4, sum: 6, mean: 3 });
});

it('only counts when a cell is not here yet, when there are no numbers, or when there are very many', () => {
  expect(factsOf(block, () => undefined)).toEqual({ cells: 4, sum: null, mean: null });
  expect(factsOf(block, () => 'x')).toEqual({ cells: 4, sum: null, mean: null });
  expect(factsOf({ ...block, endRow: 1e8 }, () => 1).sum).toBeNull();
});

it('cuts a block out of pages across their border', () => {
  const page = (offset: number, values: number[]) => ({
    offset,
    rows: values.length,
    columns: [
      { name: 'hidden', type: 'BIGINT', values: values.map(() => 0) },
      { name: 'n', type: 'BIGINT', values },
    ],
  });
  expect(
    cutBlock([page(0, [0, 1]), page(2, [2, 3])], { firstRow: 1, endRow: 3, firstColumn: 0, endColumn: 1 }, () => 1),
  ).toEqual([[1], [2]]);
});
