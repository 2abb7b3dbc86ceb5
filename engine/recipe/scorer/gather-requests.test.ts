import { expect, test } from 'vitest';
import { gatherRequests } from './gather-requests.ts';

test('what waits is answered together, each request with its own rows and its own error', async () => {
  const calls: number[][] = [];
  const ask = gatherRequests(async (rows: readonly number[]) => {
    calls.push([...rows]);
    await new Promise((done) => setImmediate(done));
    if (rows.includes(13)) throw new Error('13 is refused');
    return rows.map((row) => row * 10);
  });
  const asked = [[1], [2, 3], [13], [], [4]].map((rows) => ask(rows).catch((thrown: Error) => thrown.message));
  expect(await Promise.all(asked)).toEqual([[10], [20, 30], '13 is refused', [], [40]]);
  expect(calls).toEqual([[1], [2, 3, 13, 4], [2, 3, 13], [2, 3], [13], [4]].map((rows) => rows));
});

test('at most so many rows at once; who asks for more is answered alone', async () => {
  const calls: number[] = [];
  const ask = gatherRequests(
    async (rows: readonly number[]) => {
      calls.push(rows.length);
      await new Promise((done) => setImmediate(done));
      return rows;
    },
    { mostRows: 4 },
  );
  const rows = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  await Promise.all([ask(rows(1)), ask(rows(3)), ask(rows(2)), ask(rows(9)), ask(rows(1))]);
  expect(calls).toEqual([1, 3, 2, 9, 1]);
});
