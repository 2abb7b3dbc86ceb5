import { describe, expect, it } from 'vitest';
import { checkParams, explainFailure, runSql, schemaOf, table, values } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const convert = async (
  from: string,
  to: string,
  cells: readonly (string | number | bigint | boolean | null)[],
  params: Record<string, unknown> = {},
) => {
  const result = await runSql(spec, run, {
    inputs: {
      rows: table(
        { x: from },
        cells.map((cell) => [cell]),
      ),
    },
    params: { types: { x: to }, unconvertible: 'missing', ...params },
  });
  return values(result, 'x');
};

describe('clean.types', () => {
  it.each([
    [
      'VARCHAR',
      'integer',
      ['1', ' 2 ', '1.0', '1.5', '1,234', '9007199254740993', 'x', '', null],
      [1n, 2n, 1n, null, 1234n, 9_007_199_254_740_993n, null, null, null],
    ],
    ['VARCHAR', 'number', ['1', '.5', '-2e3', '1,234.5', 'inf', '0x10', ''], [1, 0.5, -2000, 1234.5, null, null, null]],
    ['VARCHAR', 'boolean', ['yes', 'FALSE', '1', 'maybe'], [true, false, true, null]],
    ['VARCHAR', 'date', ['2024-12-31', '31.12.2024'], ['2024-12-31', null]],
    ['DOUBLE', 'integer', [2, 2.5, -3, Number.NaN, null], [2n, null, -3n, null, null]],
    ['BIGINT', 'text', [9_007_199_254_740_993n, null], ['9007199254740993', null]],
    ['BIGINT', 'boolean', [0, 1, 2], [false, true, null]],
    ['BOOLEAN', 'integer', [true, false, null], [1n, 0n, null]],
    ['TIMESTAMP', 'date', ['2024-12-31 17:30:00'], ['2024-12-31']],
    ['VARCHAR', 'DECIMAL(10,2)', ['1.25', 'x'], [1.25, null]],
  ])('%s to %s', async (from, to, cells, expected) => {
    expect(await convert(from, to, cells)).toEqual(expected);
  });
  it('reads decimal commas and chosen date formats', async () => {
    expect(await convert('VARCHAR', 'number', ['1.234,5', '3,25'], { decimalMark: 'comma' })).toEqual([1234.5, 3.25]);
    expect(await convert('VARCHAR', 'date', ['31.12.2024', '2024-12-31'], { dateFormat: '%d.%m.%Y' })).toEqual([
      '2024-12-31',
      null,
    ]);
  });
  it('reads money and percent', async () => {
    const money = [
      '$1,200.50',
      '-$5',
      '$-5',
      '(1,200)',
      'US$ 7',
      'USD 8',
      '-EUR 9',
      '9 eur',
      '£.5',
      '$',
      '5 kg',
      'EUR',
    ];
    expect(await convert('VARCHAR', 'number', money)).toEqual([
      1200.5,
      -5,
      -5,
      -1200,
      7,
      8,
      -9,
      9,
      0.5,
      null,
      null,
      null,
    ]);
    expect(await convert('VARCHAR', 'number', ['1.200,50 €', '€ 3'], { decimalMark: 'comma' })).toEqual([1200.5, 3]);
    expect(await convert('VARCHAR', 'integer', ['$1,200', '$1.50'])).toEqual([1200n, null]);
    const shares = ['45 %', '45%', '-1.5 %', '0.45', '%', '4%5'];
    expect(await convert('VARCHAR', 'number', shares)).toEqual([0.45, 0.45, -0.015, 0.45, null, null]);
    expect(await convert('VARCHAR', 'number', shares, { percent: 'written' })).toEqual([
      45,
      45,
      -1.5,
      0.45,
      null,
      null,
    ]);
    expect(await convert('VARCHAR', 'integer', ['200 %', '45 %'])).toEqual([2n, null]);
    expect(await convert('VARCHAR', 'DECIMAL(10,2)', ['45 %'])).toEqual([0.45]);
  });
  it('stops at a value that does not fit and says how many there are, with examples', async () => {
    const options = {
      inputs: { rows: table({ x: 'VARCHAR' }, [['1'], ['n/a'], [''], ['n/a'], ['?'], [null]]) },
      params: { types: { x: 'integer' } },
    };
    expect(await explainFailure(spec, run, options)).toEqual({
      code: 'types.unconvertible',
      message: '3 values of "x" are not a whole number: "n/a", "?".',
      mend: 'Let such values become missing, or clean them before.',
      param: 'types',
      column: 'x',
      facts: { count: 3, examples: ['n/a', '?'] },
      fixes: [{ do: 'set', title: 'Let them become missing', node: 'it', param: 'unconvertible', value: 'missing' }],
    });
  });
  it('takes an empty text for missing, without stopping', async () => {
    expect(await convert('VARCHAR', 'integer', ['', ' ', '3'], { unconvertible: 'error' })).toEqual([null, null, 3n]);
  });
  it('finds a misspelt column and a way that does not exist', () => {
    const schema = schemaOf(table({ price: 'DOUBLE' }));
    expect(checkParams(spec, { types: { prise: 'text' } }, { rows: schema })[0]?.fixes).toEqual([
      { do: 'set', title: 'Use "price"', node: 'it', param: 'types', value: { price: 'text' } },
    ]);
    expect(checkParams(spec, { types: { price: 'date' } }, { rows: schema }).map((f) => f.code)).toEqual([
      'types.no-way',
    ]);
  });
});
