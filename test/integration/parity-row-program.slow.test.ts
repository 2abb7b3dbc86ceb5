/** `npm run test:parity`: the row program's grammar, ten thousand expressions deep. */
import { expect, test } from 'vitest';
import { Database } from '../../engine/table/database.ts';
import { tryMany } from '../support/random-expressions.ts';

const count = Number(process.env['FLOWYARD_EXPRESSIONS'] ?? '10000');

test(`${count.toLocaleString('en')} random expressions over 24 odd rows each have the bits that DuckDB gives, or are left to it`, async () => {
  await using database = await Database.open({
    threads: 1,
    memoryBytes: 512 * 2 ** 20,
    tempFolder: null,
    allowed: [],
  });
  const { tried, covered, rows, deferred, uncovered, differs } = await tryMany(database, 7, count, 24);
  process.stdout.write(`${JSON.stringify({ tried, covered, rows, deferred, uncovered: uncovered.size })}\n`);
  expect(differs).toEqual([]);
  expect(covered).toBeGreaterThan(tried * 0.95);
});
