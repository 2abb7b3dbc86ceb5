import { describe, expect, it } from 'vitest';
import { runSql, table, values } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const cells = Array.from({ length: 200 }, (_, i): [bigint, string] => [BigInt(i), i % 10 === 0 ? 'rare' : 'common']);
const rows = table({ n: 'BIGINT', kind: 'VARCHAR' }, cells);
const sample = async (params: Record<string, unknown>, input = rows, threads = 1) =>
  (await runSql(spec, run, { inputs: { rows: input }, params, threads })).rows;
const numbers = async (...args: Parameters<typeof sample>) =>
  (await sample(...args)).map((r) => Number(r['n'])).sort((a, b) => a - b);

describe('combine.sample', () => {
  it('takes the exact share, or the exact number, or all', async () => {
    expect(await sample({})).toHaveLength(20);
    expect(await sample({ amount: 'rows', rows: 7 })).toHaveLength(7);
    expect(await sample({ amount: 'rows', rows: 1000 })).toHaveLength(200);
    expect(await sample({ fraction: 0 })).toHaveLength(0);
  });
  it('keeps shares within one row', async () => {
    const taken = await sample({ fraction: 0.25, stratify: 'kind' });
    expect(taken.filter((r) => r['kind'] === 'rare')).toHaveLength(5);
    expect(taken).toHaveLength(50);
  });
  it('takes the same rows in whatever order they come, on one thread or two; others with another seed', async () => {
    const turned = table({ n: 'BIGINT', kind: 'VARCHAR' }, cells.toReversed());
    expect(await numbers({}, turned, 2)).toEqual(await numbers({}));
    expect(await numbers({ seed: 2 })).not.toEqual(await numbers({}));
  });
  it('carries the marks of Split', async () => {
    const marked = table({ x: 'BIGINT', __row: 'BIGINT', __partition: 'VARCHAR' }, [
      [1n, 0n, 'train'],
      [1n, 1n, 'train'],
    ]);
    expect(
      values(await runSql(spec, run, { inputs: { rows: marked }, params: { fraction: 1 } }), '__partition'),
    ).toEqual(['train', 'train']);
  });
});
