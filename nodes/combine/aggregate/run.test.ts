import { describe, expect, it } from 'vitest';
import { checkParams, runSql, schemaOf, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ city: 'VARCHAR', price: 'DOUBLE', n: 'BIGINT', day: 'DATE', ok: 'BOOLEAN' }, [
  ['Bonn', 1, 10n, '2024-01-03', true],
  ['Bonn', 2, 20n, '2024-01-01', false],
  ['Bonn', 6, 20n, '2024-01-02', true],
  ['Rome', null, 5n, null, null],
  [null, 4, null, '2024-05-05', true],
]);
const aggregate = async (params: Record<string, unknown>) =>
  (await runSql(spec, run, { inputs: { rows }, params })).rows.toSorted((a, b) =>
    String(a['city']) < String(b['city']) ? -1 : 1,
  );
const value = async (fn: string, column: string, more: Record<string, unknown> = {}) =>
  Object.values((await aggregate({ aggregates: [{ function: fn, column, as: 'v', ...more }] }))[0] ?? {})[0];

describe('combine.aggregate', () => {
  it('gives one row for each group, missing values being a group', async () => {
    expect(
      await aggregate({
        by: ['city'],
        aggregates: [
          { function: 'rows' },
          { function: 'mean', column: 'price' },
          { function: 'sum', column: 'n', as: 'total' },
        ],
      }),
    ).toEqual([
      { city: 'Bonn', rows: 3n, mean_price: 3, total: 50n },
      { city: 'Rome', rows: 1n, mean_price: null, total: 5n },
      { city: null, rows: 1n, mean_price: 4, total: null },
    ]);
  });
  it.each([
    ['rows', '', {}, 5n],
    ['count', 'price', {}, 4n],
    ['count-distinct', 'n', {}, 3n],
    ['sum', 'ok', {}, 3n],
    ['mean', 'ok', {}, 0.75],
    ['median', 'price', {}, 3],
    ['minimum', 'city', {}, 'Bonn'],
    ['maximum', 'day', {}, '2024-05-05'],
    ['standard-deviation', 'n', {}, 7.5],
    ['quantile', 'price', { quantile: 0.25 }, 1.75],
    ['mode', 'n', {}, 20n],
    ['mode', 'price', {}, 1],
    ['first', 'price', { order: 'day' }, 2],
    ['last', 'price', { order: 'day' }, 4],
  ])('%s of %s', async (fn, column, more, expected) => {
    expect(await value(fn, column, more)).toEqual(expected);
  });
  it.each([
    ['sum', 3e300],
    ['mean', 1.5e300],
    ['median', 1.5e300],
    ['standard-deviation', Math.SQRT1_2 * 1e300],
  ])('%s of numbers like 1e300', async (fn, expected) => {
    const large = table({ x: 'DOUBLE' }, [[1e300], [2e300], [null]]);
    const params = { aggregates: [{ function: fn, column: 'x', as: 'v' }] };
    const { rows: found } = await runSql(spec, run, { inputs: { rows: large }, params });
    expect(Number(found[0]?.['v']) / expected).toBeCloseTo(1, 12);
  });
  it('without groups and values counts the rows; with groups alone gives the distinct ones', async () => {
    expect(await aggregate({})).toEqual([{ rows: 5n }]);
    expect(await aggregate({ by: ['ok'] })).toHaveLength(3);
  });
  it.each([
    [{ by: ['citty'] }, ['column.missing']],
    [{ aggregates: [{ function: 'mean', column: 'city' }] }, ['column.family']],
    [{ aggregates: [{ function: 'mean', column: '' }] }, ['param.empty']],
    [{ aggregates: [{ function: 'first', column: 'price' }] }, ['param.empty']],
    [{ by: ['city'], aggregates: [{ function: 'rows', as: 'City' }] }, ['column.duplicate']],
    [{ by: ['city', 'city'] }, ['column.repeated']],
    [{}, ['param.empty']],
    [{ by: ['city'], aggregates: [{ function: 'rows' }] }, []],
  ])('%j → %j', (params, codes) => {
    expect(checkParams(spec, params, { rows: schemaOf(rows) }).map((f) => f.code)).toEqual(codes);
  });
  it('says itself in plain words', () => {
    expect(
      spec.summary(
        spec.params.parse({ by: ['city'], aggregates: [{ function: 'rows' }, { function: 'mean', column: 'price' }] }),
      ),
    ).toBe('number of rows, mean of price for each city');
  });
});
