import { describe, expect, it } from 'vitest';
import { checkParams, runSql, schemaOf, table, values } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ name: 'VARCHAR', age: 'DOUBLE', 'born on': 'DATE', ok: 'BOOLEAN', n: 'BIGINT' }, [
  ['Ann', 17, '2001-01-01', true, 9_007_199_254_740_993n],
  ['Bob', 18, '1999-12-31', false, 2n],
  ['Cy, Jr.', null, null, null, null],
  ['Dee', Number.NaN, '2000-06-15', true, 4n],
  [null, 40, '1980-05-05', false, 5n],
]);
const filter = async (params: Record<string, unknown>) =>
  values(await runSql(spec, run, { inputs: { rows }, params }), 'name');
const rule = (column: string, operator: string, value = '') => ({ rules: [{ column, operator, value }] });

describe('clean.filter keeps the rows that fit', () => {
  it.each([
    [rule('age', 'at-least', '18'), ['Bob', null]],
    [rule('age', 'greater', '17'), ['Bob', null]],
    [rule('age', 'less', '18'), ['Ann']],
    [rule('age', 'equals', '18.0'), ['Bob']],
    [rule('age', 'not-equals', '18'), ['Ann', 'Cy, Jr.', 'Dee', null]],
    [rule('age', 'between', '17, 18'), ['Ann', 'Bob']],
    [rule('age', 'missing'), ['Cy, Jr.', 'Dee']],
    [rule('age', 'present'), ['Ann', 'Bob', null]],
    [rule('name', 'one-of', 'Bob, "Cy, Jr."'), ['Bob', 'Cy, Jr.']],
    [rule('name', 'not-one-of', 'Bob, Ann'), ['Cy, Jr.', 'Dee', null]],
    [rule('name', 'contains', 'e'), ['Dee']],
    [rule('name', 'not-contains', 'e'), ['Ann', 'Bob', 'Cy, Jr.', null]],
    [rule('name', 'starts-with', 'C'), ['Cy, Jr.']],
    [rule('name', 'ends-with', 'b'), ['Bob']],
    [rule('name', 'matches', '^[AB]'), ['Ann', 'Bob']],
    [rule('name', 'equals', "O'Neil"), []],
    [rule('born on', 'less', '2000-01-01'), ['Bob', null]],
    [rule('ok', 'equals', 'yes'), ['Ann', 'Dee']],
    [rule('n', 'equals', '9007199254740993'), ['Ann']],
    [rule('n', 'at-least', '4.5'), ['Ann', null]],
    [{ expression: 'age > 17 AND NOT isnan(age)' }, ['Bob', null]],
    [{ ...rule('ok', 'equals', 'true'), combine: 'any', expression: 'n = 2' }, ['Ann', 'Bob', 'Dee']],
    [{ ...rule('ok', 'equals', 'true'), action: 'drop' }, ['Bob', 'Cy, Jr.', null]],
    [{}, ['Ann', 'Bob', 'Cy, Jr.', 'Dee', null]],
  ])('%j', async (params, kept) => {
    expect(await filter(params)).toEqual(kept);
  });
});

describe('clean.filter says what is wrong', () => {
  const check = (params: Record<string, unknown>) => checkParams(spec, params, { rows: schemaOf(rows) });
  it('a misspelt column, with the mend', () => {
    expect(check(rule('agee', 'equals', '3'))).toEqual([
      {
        code: 'column.missing',
        message: 'There is no column "agee" here.',
        mend: 'Did you mean "age"?',
        param: 'rules',
        column: 'agee',
        fixes: [
          {
            do: 'set',
            title: 'Use "age"',
            node: 'it',
            param: 'rules',
            value: [{ column: 'age', operator: 'equals', value: '3' }],
          },
        ],
      },
    ]);
  });
  it.each([
    [{}, 'filter.no-condition'],
    [rule('', 'equals', '3'), 'param.empty'],
    [rule('age', 'equals', 'old'), 'filter.value'],
    [rule('age', 'equals', ''), 'filter.value'],
    [rule('age', 'between', '3'), 'filter.between'],
    [rule('name', 'matches', '('), 'filter.pattern'],
    [rule('born on', 'less', '31.12.1999'), 'filter.value'],
    [rule('name', 'one-of', ''), 'param.empty'],
  ])('%j → %s', (params, code) => {
    expect(check(params).map((f) => f.code)).toEqual([code]);
  });
  it('nothing about a good condition', () => {
    expect(check(rule('name', 'equals', ''))).toEqual([]);
    expect(check({ expression: 'age > 3' })).toEqual([]);
  });
  it('says itself in plain words', () => {
    expect(spec.summary(spec.params.parse(rule('age', 'at-least', '18')))).toBe('keep rows where age ≥ 18');
  });
});
