import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../shared/kind/define-spec.ts';
import { checkParams, runSql, table, TestDatabase } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ price: 'DOUBLE', 'Net Weight': 'DOUBLE' }, [
  [10, 4],
  [null, 2],
]);
const derive = (...columns: [string, string][]) =>
  runSql(spec, run, {
    inputs: { rows },
    params: { columns: columns.map(([name, expression]) => ({ name, expression })) },
  });

describe('clean.derive', () => {
  it('adds columns at the end, and a formula sees the columns above it', async () => {
    const { rows: out, columns } = await derive(['per kg', 'price / "Net Weight"'], ['double', '"per kg" * 2']);
    expect(columns.map((c) => c.name)).toEqual(['price', 'Net Weight', 'per kg', 'double']);
    expect(out).toEqual([
      { price: 10, 'Net Weight': 4, 'per kg': 2.5, double: 5 },
      { price: null, 'Net Weight': 2, 'per kg': null, double: null },
    ]);
  });
  it('replaces a column in its place; later formulas see the new value', async () => {
    const { rows: out } = await derive(['PRICE', 'price + 1'], ['twice', 'price * 2']);
    expect(out[0]).toEqual({ price: 11, 'Net Weight': 4, twice: 22 });
  });
  it('takes a formula that ends in a comment', async () => {
    expect((await derive(['a', 'price -- the price']))['rows'][0]?.['a']).toBe(10);
  });
  it.each([
    ['price / 2', 'same'],
    ['extract(year FROM day)', 'same'],
    ["CASE WHEN note = 'from here over (there)' THEN 1 END", 'same'],
    ['avg(price) OVER ()', 'mix'],
    ['(SELECT max(price) FROM rows)', 'mix'],
  ])('%s mixes rows: %s', (expression, expected) => {
    expect(rowsOf(spec, spec.params.parse({ columns: [{ name: 'x', expression }] }))).toBe(expected);
  });
  it.each([
    [[['', '1']], 'param.empty'],
    [[['x', ' ']], 'param.empty'],
    [[['x', '(1']], 'sql.syntax'],
    [[['x', "'a"]], 'sql.syntax'],
    [[['x', '1; DROP TABLE t']], 'sql.syntax'],
    [[['__row', '1']], 'column.reserved'],
    [
      [
        ['x', '1'],
        ['X', '2'],
      ],
      'column.duplicate',
    ],
  ])('%j → %s', (columns, code) => {
    expect(
      checkParams(spec, { columns: columns.map(([name, expression]) => ({ name, expression })) }).map((f) => f.code),
    ).toEqual([code]);
  });
  it.each([
    ['CAST(size AS DOUBLE) * 2', 'TRY_CAST(size AS DOUBLE) * 2'],
    ['size::DOUBLE * 2', '(TRY_CAST(size AS DOUBLE) * 2)'],
    ["size::DOUBLE + CAST('1' AS INTEGER) -- twice", "(TRY_CAST(size AS DOUBLE) + TRY_CAST('1' AS INTEGER))"],
  ])('%s that fails names its row and offers %s', async (expression, tried) => {
    using database = await TestDatabase.open();
    const params = spec.params.parse({ columns: [{ name: 'double', expression }] });
    const context = await database.context(params, {
      inputs: { rows: table({ size: 'VARCHAR' }, [['4'], ['wide']]) },
    });
    const message = 'The text "wide" is not a number.';
    const found = await run.explain?.({
      ...context,
      node: 'it',
      failure: { severity: 'error', code: 'value.conversion', message, mend: '' },
      query: database.query,
      oddBytes: () => Promise.reject(new Error('no file')),
    });
    expect(found).toEqual({
      code: 'value.conversion',
      message: 'The formula of "double" fails in row 2, where "size" is "wide": the text "wide" is not a number.',
      mend: expect.stringContaining('TRY_CAST'),
      param: 'columns',
      column: 'double',
      facts: { value: 'wide', row: 2 },
      fixes: [
        {
          do: 'set',
          title: 'Make missing what cannot be read',
          node: 'it',
          param: 'columns',
          value: [{ name: 'double', expression: tried }],
        },
      ],
    });
  });
});
