import { describe, expect, it } from 'vitest';
import { checkParams, runSql, schemaOf, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ id: 'BIGINT', price: 'DOUBLE', city: 'VARCHAR', __row: 'BIGINT', __partition: 'VARCHAR' }, [
  [1n, 2, 'x', 0n, 'train'],
]);
const names = async (params: Record<string, unknown>) =>
  (await runSql(spec, run, { inputs: { rows }, params })).columns.map((c) => c.name).slice(0, -2);

describe('clean.select', () => {
  it.each([
    [{}, ['id', 'price', 'city']],
    [{ columns: { by: 'type', type: 'number' } }, ['id', 'price']],
    [{ columns: { by: 'type', type: 'number' }, action: 'drop' }, ['city']],
    [{ columns: { by: 'names', names: ['city', 'id'] } }, ['city', 'id']],
    [{ columns: { by: 'pattern', pattern: '*i*' } }, ['id', 'price', 'city']],
    [{ first: ['city'], rename: { city: 'Town', price: 'city' } }, ['Town', 'id', 'city']],
  ])('%j', async (params, expected) => {
    expect(await names(params)).toEqual(expected);
  });
  it('carries the marks of Split', async () => {
    expect(
      (await runSql(spec, run, { inputs: { rows }, params: { columns: { by: 'names', names: ['city'] } } })).rows,
    ).toEqual([{ city: 'x', __row: 0n, __partition: 'train' }]);
  });
  it('keeps the target when a rule does not name it, and warns when it is dropped by name', () => {
    const schema = schemaOf(table({ a: 'BIGINT', y: 'VARCHAR' }), {
      columns: [
        { name: 'a', type: 'BIGINT' },
        { name: 'y', type: 'VARCHAR', role: 'target' },
      ],
    });
    expect(checkParams(spec, { columns: { by: 'type', type: 'number' } }, { rows: schema })).toEqual([]);
    expect(
      checkParams(spec, { columns: { by: 'names', names: ['y'] }, action: 'drop' }, { rows: schema }).map(
        (f) => f.code,
      ),
    ).toEqual(['select.target-lost']);
    expect(checkParams(spec, { rename: { y: 'z' } }, { rows: schema }).map((f) => f.code)).toEqual([
      'select.rename-role',
    ]);
  });
  it.each([
    [{ columns: { by: 'names', names: ['pric'] } }, 'column.missing'],
    [{ rename: { pric: 'x' } }, 'column.missing'],
    [{ rename: { price: 'City' } }, 'column.duplicate'],
    [{ rename: { price: ' ' } }, 'param.empty'],
    [{ first: ['id', 'id'] }, 'column.repeated'],
    [{ columns: { by: 'names', names: [] } }, 'select.nothing'],
    [{ columns: { by: 'pattern', pattern: 'z*' } }, 'select.nothing'],
  ])('%j → %s', (params, code) => {
    expect(checkParams(spec, params, { rows: schemaOf(rows, { split: false }) }).map((f) => f.code)).toContain(code);
  });
});
