import { expect, it } from 'vitest';
import { fail } from '../../../../shared/errors.ts';
import { createPageCache, pageRows, type FetchPage } from './page-cache.ts';

const rowsInTable = 100_000;
function table(): { fetch: FetchPage; asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    fetch: async (offset, limit) => {
      asked.push(offset);
      const count = Math.min(limit, rowsInTable - offset);
      const values = Array.from({ length: count }, (_, i) => offset + i);
      return { rows: rowsInTable, page: { offset, rows: count, columns: [{ name: 'n', type: 'BIGINT', values }] } };
    },
  };
}
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

it('fetches a page once, however often it is wanted', async () => {
  const { fetch, asked } = table();
  const cache = createPageCache(fetch);
  cache.want([0]);
  cache.want([0, 1]);
  await settled();
  cache.want([0, 1]);
  await settled();
  expect(asked).toEqual([0, 200]);
  expect(cache.rows).toBe(rowsInTable);
  expect(cache.pageAt(250)?.columns[0]?.values[50]).toBe(250);
});

it('forgets pages that have not been seen for long, never those in view', async () => {
  const { fetch, asked } = table();
  const cache = createPageCache(fetch);
  for (let page = 0; page < 100; page++) {
    cache.want([page]);
    await settled();
  }
  expect(cache.pageAt(0)).toBeUndefined();
  expect(cache.pageAt(99 * pageRows)?.offset).toBe(19_800);
  cache.want([0]);
  await settled();
  expect(asked.filter((offset) => offset === 0)).toHaveLength(2);
});

it('tells its problem and asks again on retry', async () => {
  let broken = true;
  const { fetch } = table();
  const cache = createPageCache((offset, limit) =>
    broken ? Promise.reject(fail('preview.filter', { message: 'There is no column "agee".' })) : fetch(offset, limit),
  );
  cache.want([0]);
  await settled();
  expect(cache.problem?.message).toBe('There is no column "agee".');
  broken = false;
  cache.retry();
  await settled();
  expect(cache.problem).toBeNull();
  expect(cache.pageAt(0)?.rows).toBe(200);
});

it('reads a long range for copying, page by page', async () => {
  const { fetch } = table();
  const pages = await createPageCache(fetch).read(150, 650);
  expect(pages.map((page) => page.offset)).toEqual([0, 200, 400, 600]);
});

it('says nothing after it was closed', async () => {
  const { fetch } = table();
  const cache = createPageCache(fetch);
  let notified = 0;
  cache.subscribe(() => notified++);
  cache.want([0]);
  cache.close();
  await settled();
  expect(notified).toBe(0);
});

it('learns the number of rows when they are counted later, and then asks no more', async () => {
  const { fetch, asked } = table();
  let counted = false;
  const cache = createPageCache(async (offset, limit) => ({
    ...(await fetch(offset, limit)),
    rows: counted ? rowsInTable : null,
  }));
  cache.want([0]);
  await settled();
  await cache.askRows();
  expect([cache.rows, cache.seen]).toEqual([null, 2 * pageRows]);
  counted = true;
  await cache.askRows();
  await cache.askRows();
  expect([cache.rows, asked.length]).toEqual([rowsInTable, 3]);
});
