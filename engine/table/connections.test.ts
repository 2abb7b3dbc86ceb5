import { afterEach, beforeEach, expect, test } from 'vitest';
import { fail, toProblem } from '../../shared/errors.ts';
import { Connections } from './connections.ts';

const endless = 'SELECT count(*) FROM range(2000000) a, range(2000000) b WHERE (a.range * b.range) % 7 = 3';
let connections: Connections;
beforeEach(() => {
  connections = new Connections({ threads: 2, memoryBytes: 2 ** 30, tempFolder: null, allowed: [] }, true);
});
afterEach(() => connections[Symbol.asyncDispose]());
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (thrown: unknown) => toProblem(thrown).code,
  );

test('a query is stopped that was asked for and had not begun, and one that follows it', async () => {
  const stop = new AbortController();
  const codes = connections.use(
    false,
    async (db) => {
      const first = codeOf(db.query(endless));
      stop.abort();
      return [await first, await codeOf(db.query(endless))];
    },
    stop.signal,
  );
  expect(await codes).toEqual(['run.cancelled', 'run.cancelled']);
  // Whoever comes after is not meant.
  for (let i = 0; i < 3; i++) expect(await connections.use(false, (db) => db.scalar('SELECT 1'))).toBe(1);
});

test('what nobody waits for any more is not begun', async () => {
  expect(await codeOf(connections.use(false, (db) => db.query(endless), AbortSignal.abort()))).toBe('run.cancelled');
});

test('all that runs is stopped at once', async () => {
  const all = [1, 2, 3].map(() => codeOf(connections.use(false, (db) => db.query(endless))));
  // Each as soon as it has its connection.
  const again = setInterval(() => connections.interrupt(), 20);
  expect(await Promise.all(all)).toEqual(['run.cancelled', 'run.cancelled', 'run.cancelled']);
  clearInterval(again);
});

test('what finds no memory beside others is done once more when one of them has ended', async () => {
  const [begun, failed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const other = connections.use(false, async () => {
    begun.resolve();
    await failed.promise;
    return 'ended';
  });
  await begun.promise;
  let attempts = 0;
  const work = async (): Promise<number> => {
    failed.resolve();
    if (++attempts === 1) throw fail('run.out-of-memory', { message: 'Too little.', mend: '' });
    return attempts;
  };
  expect(await connections.use(false, work)).toBe(2);
  expect(await other).toBe('ended');
  // Alone there is nobody to wait for.
  const hungry = `SELECT len(string_agg(repeat('x', 1000), '')) AS n FROM range(2000000)`;
  expect(await codeOf(connections.use(false, (db) => db.query(hungry)))).toBe('run.out-of-memory');
});
