import { expect, it } from 'vitest';
import {
  clampWidth,
  columnAt,
  guessWidth,
  layOut,
  leftToReveal,
  rowNumberWidth,
  shownColumns,
  totalWidth,
  visibleColumns,
} from './column-layout.ts';

it('puts the partition first and hides the rank of the row', () => {
  const columns = [
    { name: 'a', type: 'BIGINT' },
    { name: '__row', type: 'BIGINT' },
    { name: '__partition', type: 'VARCHAR' },
  ];
  expect(shownColumns(columns).map((c) => c.name)).toEqual(['__partition', 'a']);
});

it('gives a column the width of what it holds, within limits', () => {
  expect(guessWidth({ name: 'age', type: 'BIGINT' }, 2)).toBe(104);
  expect(guessWidth({ name: 'review', type: 'VARCHAR' }, 4000)).toBe(299);
  expect(guessWidth({ name: 'customer_since_year', type: 'BIGINT' }, 4)).toBe(177);
  expect(guessWidth({ name: 'churned', type: 'BOOLEAN', role: 'target' }, 5)).toBe(138);
  expect(guessWidth({ name: 'id', type: 'BIGINT' }, 16)).toBe(140);
  expect(rowNumberWidth(100)).toBe(64);
  expect(rowNumberWidth(100_000_000)).toBe(84);
  expect(clampWidth(3)).toBe(56);
  expect(clampWidth(99_999)).toBe(640);
});

it('draws only the columns in view of a thousand', () => {
  const layout = layOut(Array.from({ length: 1000 }, () => 100));
  expect(totalWidth(layout)).toBe(100_000);
  expect(visibleColumns(layout, 0, 700)).toEqual({ first: 0, end: 9 });
  expect(visibleColumns(layout, 50_000, 700)).toEqual({ first: 499, end: 509 });
  expect(visibleColumns(layout, 99_300, 700)).toEqual({ first: 992, end: 1000 });
  expect(columnAt(layout, 99_999)).toBe(999);
});

it('has nothing to draw without columns', () => {
  expect(visibleColumns(layOut([]), 0, 700)).toEqual({ first: 0, end: 0 });
});

it('scrolls just as far as it must to show a column', () => {
  const layout = layOut([100, 200, 100, 400]);
  expect(leftToReveal(layout, 0, 350, 1)).toBe(0);
  expect(leftToReveal(layout, 0, 350, 2)).toBe(50);
  expect(leftToReveal(layout, 350, 350, 1)).toBe(100);
  expect(leftToReveal(layout, 0, 350, 3)).toBe(400);
});
