import { expect, test } from 'vitest';
import { BigTurns } from './big-turns.ts';
import type { TableValue } from '../../recipe/compose/table-value.ts';

const tableOf = (rows: number | undefined): TableValue => ({
  key: 'k',
  columns: Array.from({ length: 5000 }, (_, i) => ({ name: `x${i}`, type: 'DOUBLE' })),
  hidden: [],
  ctes: [],
  from: 't',
  nodes: [],
  mixes: false,
  provenance: { base: { key: 'k', columns: [], sign: '' }, steps: [] },
  ...(rows === undefined ? {} : { rows }),
});

test('very large tables are worked on one after the other, small ones beside them, and a failure passes the turn on', async () => {
  const turns = new BigTurns();
  const { signal } = new AbortController();
  const reported: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = (name: string, until?: Promise<void>) => async (): Promise<string> => {
    reported.push(`${name} begins`);
    await until;
    reported.push(`${name} ends`);
    return name;
  };
  const big = turns.take([tableOf(20_000)], signal, work('one', first.promise));
  const failing = turns.take([tableOf(20_000)], signal, () => Promise.reject(new Error('no')));
  const next = turns.take([tableOf(20_000)], signal, work('two'));
  expect(await turns.take([tableOf(100)], signal, work('small'))).toBe('small');
  expect(await turns.take([tableOf(undefined)], signal, work('unknown'))).toBe('unknown');
  expect(reported).not.toContain('two begins');
  first.resolve();
  await expect(failing).rejects.toThrow('no');
  expect([await big, await next]).toEqual(['one', 'two']);
  expect(reported.indexOf('two begins')).toBeGreaterThan(reported.indexOf('one ends'));
  const stopped = AbortSignal.abort();
  await expect(turns.take([tableOf(20_000)], stopped, work('late'))).rejects.toThrow();
});
