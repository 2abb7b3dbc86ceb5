import { describe, expect, it } from 'vitest';
import { raisedFinding } from '../../../shared/raise.ts';
import { runSql, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const a = table({ x: 'INTEGER', y: 'VARCHAR' }, [[1, 'a']]);
const b = table({ Y: 'VARCHAR', X: 'DOUBLE', z: 'DATE' }, [['b', 2.5, '2024-01-01']]);
const append = (params: Record<string, unknown>, ...tables: (typeof a)[]) =>
  runSql(spec, run, { many: { rows: tables }, params });

describe('combine.append', () => {
  it('matches by name, letters’ case aside, and fills what a table lacks', async () => {
    const { rows, columns } = await append({ sourceColumn: 'from' }, a, b, a);
    expect(columns).toEqual([
      { name: 'x', type: 'DOUBLE' },
      { name: 'y', type: 'VARCHAR' },
      { name: 'z', type: 'DATE' },
      { name: 'from', type: 'BIGINT' },
    ]);
    expect(rows).toEqual([
      { x: 1, y: 'a', z: null, from: 1n },
      { x: 2.5, y: 'b', z: '2024-01-01', from: 2n },
      { x: 1, y: 'a', z: null, from: 3n },
    ]);
  });
  it('keeps the columns that all have', async () => {
    expect((await append({ columns: 'shared' }, a, b)).columns.map((c) => c.name)).toEqual(['x', 'y']);
  });
  it('matches by position under the first table’s names', async () => {
    const c = table({ k: 'INTEGER', l: 'VARCHAR' }, [[9, 'z']]);
    expect((await append({ match: 'position' }, a, c)).rows).toEqual([
      { x: 1, y: 'a' },
      { x: 9, y: 'z' },
    ]);
  });
  it('takes a single table as it is', async () => {
    expect((await append({}, a)).rows).toEqual([{ x: 1, y: 'a' }]);
  });
  it('refuses what would turn numbers into texts, another number of columns, nothing in common', async () => {
    await expect(append({}, a, table({ x: 'VARCHAR' }))).rejects.toMatchObject({ code: 'append.types' });
    await expect(append({ match: 'position' }, a, b)).rejects.toMatchObject({ code: 'append.columns' });
    await expect(append({ columns: 'shared' }, a, table({ q: 'VARCHAR' }))).rejects.toMatchObject({
      code: 'append.no-shared',
    });
  });
  it('refuses a whole number whose last digits would be lost under numbers with a fraction', async () => {
    const whole = (value: bigint) => table({ x: 'BIGINT' }, [[value], [null]]);
    const fraction = table({ x: 'DOUBLE' }, [[2.5]]);
    for (const params of [{}, { match: 'position' }]) {
      const failed = append(params, fraction, whole(9_007_199_254_740_993n)).catch((e: unknown) =>
        raisedFinding(String(e)),
      );
      expect(await failed).toMatchObject({
        code: 'append.inexact',
        column: 'x',
        message: '"x" is DOUBLE in another table, which cannot hold 9007199254740993: its last digits would be lost.',
      });
      expect((await append(params, fraction, whole(9_007_199_254_740_992n))).rows).toEqual([
        { x: 2.5 },
        { x: 9_007_199_254_740_992 },
        { x: null },
      ]);
    }
  });
});
