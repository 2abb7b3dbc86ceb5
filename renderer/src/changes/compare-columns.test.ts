import { describe, expect, it } from 'vitest';
import { columnsToShow, compareColumns } from './compare-columns.ts';

const none = { before: null, after: null };
const columns = compareColumns(
  [
    { name: 'a', type: 'BIGINT' },
    { name: 'b', type: 'VARCHAR' },
    { name: 'c', type: 'DOUBLE' },
  ],
  [
    { name: 'c', type: 'DOUBLE' },
    { name: 'a', type: 'DOUBLE' },
    { name: 'd', type: 'BOOLEAN' },
  ],
  none,
);

describe('columns before and after', () => {
  it('stand in the order after the node, the removed ones last, with the type that changed', () => {
    expect(columns.map(({ name, fate, oldType }) => [name, fate, oldType])).toEqual([
      ['c', 'kept', undefined],
      ['a', 'kept', 'BIGINT'],
      ['d', 'added', undefined],
      ['b', 'removed', undefined],
    ]);
  });
  it('of many, those that the node touched are shown', () => {
    const names = (most: number, touchedFirst: boolean, cells: [string, number][] = []): string[] =>
      columnsToShow(columns, new Map(cells), { most, touchedFirst }).map((c) => c.name);
    expect(names(9, false)).toEqual(['c', 'a', 'd', 'b']);
    expect(names(9, true)).toEqual(['a', 'd', 'b', 'c']);
    expect(names(2, false, [['c', 1]])).toEqual(['c', 'a']);
  });
});
