import { expect, it } from 'vitest';
import { bothFilters, sayFilter } from './column-menu.ts';

it('a condition quotes names and values', () => {
  expect(sayFilter({ column: 'a "b"', is: 'equal', value: "it's" })).toBe(`"a ""b""" = 'it''s'`);
  expect(sayFilter({ column: 'age', is: 'unlike', value: 30 })).toBe('"age" IS DISTINCT FROM 30');
  expect(sayFilter({ column: 'age', is: 'equal', value: null })).toBe('"age" IS NULL');
  expect(sayFilter({ column: 'age', is: 'present' })).toBe('"age" IS NOT NULL');
});

it('a second condition is added to the first, with brackets where it needs them', () => {
  expect(bothFilters('', 'a = 1')).toBe('a = 1');
  expect(bothFilters('a = 1', 'b = 2')).toBe('a = 1 AND b = 2');
  expect(bothFilters('a = 1 or c', 'b = 2')).toBe('(a = 1 or c) AND b = 2');
});
