import { expect, it } from 'vitest';
import { checkParams, runSql, schemaOf, table, values } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ x: 'INTEGER' }, [[-5], [0], [7], [null]]);

it.each([
  [{}, [-5, 0, 7, null]],
  [{ lower: -1 }, [-1, 0, 7, null]],
  [{ lower: -1, upper: 1 }, [-1, 0, 1, null]],
])('%j', async (params, expected) => {
  expect(values(await runSql(spec, run, { inputs: { rows }, params }), 'x')).toEqual(expected);
});

it('refuses bounds in the wrong order', () => {
  expect(checkParams(spec, { lower: 2, upper: 1 }, { rows: schemaOf(rows) })).toMatchObject([{ code: 'clip.bounds' }]);
});
