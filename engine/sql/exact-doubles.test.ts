import { expect, test } from 'vitest';
import { Database } from '../table/database.ts';
import { parseSelect, writeSelect } from './parse-select.ts';

test('a number of a statement that is written anew keeps its last bit, its type and its name', async () => {
  await using database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] });
  const statement = `SELECT 2.3191197411003234e-1 AS a, -5.454545454545454e-1 AS b, 1e300 AS c, 1e0 AS d, 5e-324 AS e, 0.23191197411003234 AS f, [1e-1] AS h FROM range(1)`;
  const written = (await writeSelect(database, await parseSelect(database, statement))) ?? '';
  expect(await database.describe(written)).toEqual(await database.describe(statement));
  const bits = (text: string): Promise<unknown> =>
    database.query(`SELECT * EXCLUDE h, a::VARCHAR, b::VARCHAR, f::DOUBLE::VARCHAR, h::VARCHAR FROM (${text})`);
  expect(await bits(written)).toEqual(await bits(statement));
  expect(await database.query(`SELECT a FROM (${written})`)).toEqual([{ a: 0.23191197411003234 }]);
});
