import { describe, expect, it } from 'vitest';
import { checkParams, runSql, schemaOf, table, values } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ a: 'BIGINT', b: 'VARCHAR' }, [
  [2n, 'x'],
  [null, 'n'],
  [1n, 'z'],
  [2n, 'a'],
]);
const sort = async (params: Record<string, unknown>) =>
  values(await runSql(spec, run, { inputs: { rows }, params }), 'b');

describe('combine.sort', () => {
  it.each([
    [{ keys: [{ column: 'a' }] }, ['z', 'a', 'x', 'n']],
    [{ keys: [{ column: 'a', direction: 'descending' }] }, ['a', 'x', 'z', 'n']],
    [
      {
        keys: [
          { column: 'a', direction: 'descending' },
          { column: 'b', direction: 'descending' },
        ],
        missing: 'first',
      },
      ['n', 'x', 'a', 'z'],
    ],
    [{}, ['x', 'n', 'z', 'a']],
  ])('%j', async (params, expected) => {
    expect(await sort(params)).toEqual(expected);
  });
  it('finds a misspelt column', () => {
    expect(checkParams(spec, { keys: [{ column: 'A' }] }, { rows: schemaOf(rows) })[0]).toMatchObject({
      code: 'column.missing',
      fixes: [{ do: 'set', value: [{ column: 'a', direction: 'ascending' }] }],
    });
  });
});
