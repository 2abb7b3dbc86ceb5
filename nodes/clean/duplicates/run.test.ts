import { describe, expect, it } from 'vitest';
import { checkParams, runSql, schemaOf, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ who: 'VARCHAR', at: 'DATE', n: 'BIGINT' }, [
  ['a', '2024-01-02', 2n],
  ['a', '2024-01-01', 1n],
  ['a', '2024-01-02', 2n],
  [null, null, 7n],
  [null, null, 7n],
  ['b', null, 9n],
]);
const keep = async (params: Record<string, unknown>, input = rows) =>
  (await runSql(spec, run, { inputs: { rows: input }, params })).rows.map((r) => Number(r['n'])).sort((a, b) => a - b);

describe('clean.duplicates', () => {
  it.each([
    [{}, [1, 2, 7, 9]],
    [{ columns: { by: 'names', names: ['who'] } }, [1, 7, 9]],
    [{ columns: { by: 'names', names: ['who'] }, keep: 'first', order: 'at' }, [1, 7, 9]],
    [{ columns: { by: 'names', names: ['who'] }, keep: 'last', order: 'at' }, [2, 7, 9]],
    [{ columns: { by: 'all', except: ['at', 'n'] }, keep: 'last', order: 'n' }, [2, 7, 9]],
  ])('%j', async (params, expected) => {
    expect(await keep(params)).toEqual(expected);
    expect(await keep(params, { ...rows, rows: rows.rows.toReversed() })).toEqual(expected);
  });
  it('looks at target and id too when all columns are meant, and at Split’s rank to break ties', async () => {
    const marked = table({ x: 'BIGINT', n: 'BIGINT', __row: 'BIGINT', __partition: 'VARCHAR' }, [
      [1n, 5n, 3n, 'train'],
      [1n, 5n, 1n, 'train'],
    ]);
    expect((await runSql(spec, run, { inputs: { rows: marked } })).rows).toEqual([
      { x: 1n, n: 5n, __row: 1n, __partition: 'train' },
    ]);
  });
  it.each([
    [{ keep: 'first' }, ['param.empty']],
    [{ keep: 'first', order: 'att' }, ['column.missing']],
    [{ columns: { by: 'names', names: [] } }, ['param.empty']],
    [{}, []],
  ])('%j → %j', (params, codes) => {
    expect(checkParams(spec, params, { rows: schemaOf(rows) }).map((f) => f.code)).toEqual(codes);
  });
});
