import { afterAll, beforeAll, expect, test } from 'vitest';
import { ref, sql } from '../../shared/sql.ts';
import { Database } from '../table/database.ts';
import { Binder } from './bind.ts';

let database: Database;
beforeAll(
  async () =>
    void (database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] })),
);
afterAll(() => database[Symbol.asyncDispose]());

test('folds that bind side by side, some with one schema, do not get in each other’s way', async () => {
  const binder = new Binder(database);
  const bound = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      binder.columns(sql`SELECT * FROM ${ref('rows')}`, [
        { ref: 'rows', columns: [{ name: `c${i % 5}`, type: 'BIGINT' }], hidden: [] },
      ]),
    ),
  );
  expect(bound.map((columns) => columns.map((c) => c.name))).toEqual(
    Array.from({ length: 12 }, (_, i) => [`c${i % 5}`]),
  );
});
