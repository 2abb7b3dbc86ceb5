import { describe, expect, it } from 'vitest';
import { checkParams, runSql, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ x: 'BIGINT' }, [[1n], [2n]]);
const rows2 = table({ y: 'BIGINT' }, [[10n]]);
const query = async (text: string) =>
  (await runSql(spec, run, { inputs: { rows, rows2 }, params: { query: text } })).rows;

describe('combine.sql', () => {
  it('runs one SELECT over its named inputs', async () => {
    expect(await query('SELECT sum(x) * max(y) AS v FROM rows, rows2 -- all')).toEqual([{ v: 30n }]);
    expect(await query('WITH t AS (SELECT x FROM rows WHERE x > 1) SELECT * FROM t')).toEqual([{ x: 2n }]);
    expect(await query('FROM rows')).toEqual([{ x: 1n }, { x: 2n }]);
  });
  it('by default passes the rows on', async () => {
    expect((await runSql(spec, run, { inputs: { rows } })).rows).toEqual([{ x: 1n }, { x: 2n }]);
  });
  it.each([
    ['', 'param.empty'],
    ['SELECT (1', 'sql.syntax'],
    ['SELECT 1; SELECT 2', 'sql.syntax'],
  ])('%s → %s', (text, code) => {
    expect(checkParams(spec, { query: text }).map((f) => f.code)).toEqual([code]);
  });
  it('gives the planner the text to judge', () => {
    expect(
      run.sql({
        inputs: {},
        many: {},
        params: { query: 'SELECT 1' },
        file: () => '',
        files: () => [],
        lineBytes: () => 0,
      }).typed,
    ).toEqual([{ form: 'select', text: 'SELECT 1', param: 'query' }]);
  });
});
