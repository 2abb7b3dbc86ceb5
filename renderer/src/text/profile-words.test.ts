import { describe, expect, it } from 'vitest';
import { sayColumn, sayNumber, sayShare, topShares, type ProfileColumn } from './profile-words.ts';

const column = (more: Partial<ProfileColumn>): ProfileColumn => ({
  name: 'c',
  type: 'DOUBLE',
  count: 344,
  nulls: 0,
  distinct: null,
  min: null,
  max: null,
  mean: null,
  sd: null,
  histogram: null,
  top: [],
  ...more,
});

describe('a column in one line', () => {
  it('numbers say their range and what is missing', () => {
    expect(sayColumn(column({ min: 2700, max: 6300, nulls: 2 }))).toBe('0.58 % missing · 2700 – 6300');
  });
  it('an id says that it is unique', () => {
    expect(sayColumn(column({ type: 'BIGINT', min: 1, max: 344, distinct: 344 }))).toBe('344 unique');
  });
  it('texts say how many values there are, booleans how many are true', () => {
    expect(sayColumn(column({ type: 'VARCHAR', distinct: 3 }))).toBe('3 values');
    expect(
      sayColumn(
        column({
          type: 'BOOLEAN',
          distinct: 2,
          nulls: 44,
          top: [
            { value: 'false', count: 243 },
            { value: 'true', count: 57 },
          ],
        }),
      ),
    ).toBe('13 % missing · 19 % true');
  });
  it('a constant and an empty column are called so', () => {
    expect(sayColumn(column({ min: 5, max: 5 }))).toBe('always 5');
    expect(sayColumn(column({ nulls: 344 }))).toBe('no value at all');
  });
});

it('a share is never nought for what is there, nor all for what is not', () => {
  expect([
    sayShare(0, 10),
    sayShare(1, 1_000_000),
    sayShare(999_999, 1_000_000),
    sayShare(10, 10),
    sayShare(1, 250),
    sayShare(1, 3),
  ]).toEqual(['0', '<0.01', '>99.99', '100', '0.40', '33']);
});

it('numbers of a summary have four digits', () => {
  expect([sayNumber(17.151234), sayNumber(409318), sayNumber(-0.5), sayNumber(1.5e-7), sayNumber(0)]).toEqual([
    '17.15',
    '409,318',
    '−0.5',
    '1.50e−7',
    '0',
  ]);
});

it('top values are shares of what is present', () => {
  expect(
    topShares(
      column({
        count: 100,
        nulls: 20,
        top: [
          { value: 'a', count: 40 },
          { value: 'b', count: 20 },
          { value: 'c', count: 20 },
        ],
      }),
      2,
    ),
  ).toEqual({
    bars: [
      { value: 'a', share: 0.5 },
      { value: 'b', share: 0.25 },
    ],
    others: 0.25,
  });
});
