import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateFunctions } from '../../../engine/sql/function-names.ts';
import { parseSelect, writeSelect } from '../../../engine/sql/parse-select.ts';
import { Database } from '../../../engine/table/database.ts';
import { eachRowQuery } from './each-row.ts';

let database: Database;
beforeAll(
  async () =>
    void (database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] })),
);
afterAll(() => database[Symbol.asyncDispose]());
const eachRow = (query: string): Promise<string | undefined> =>
  eachRowQuery(query, ['__row'], {
    parse: (statement) => parseSelect(database, statement),
    write: (tree) => writeSelect(database, tree),
    aggregates: aggregateFunctions,
  });

describe('a query that makes each row from one row', () => {
  it.each([
    ['SELECT id, n * 1000 AS n, reverse(text) AS text FROM rows', { id: 2, n: 5000, text: 'cba', __row: 7n }],
    ['SELECT *, n + 0.5::DOUBLE AS m FROM rows ORDER BY n', { id: 2, n: 5, text: 'abc', __row: 7n, m: 5.5 }],
    ['FROM rows', { id: 2, n: 5, text: 'abc', __row: 7n }],
    ['SELECT * EXCLUDE (text) REPLACE (n + 1 AS n) FROM rows r', { id: 2, n: 6, __row: 7n }],
    [
      'WITH a AS (SELECT id, n AS k FROM rows), b AS (FROM a) SELECT k % 2 = 1 AS odd FROM (SELECT b.* FROM b) AS c',
      { odd: true, __row: 7n },
    ],
    [
      `SELECT CASE WHEN n > 1 AND text LIKE 'a%' THEN 'x' ELSE 'it''s' END AS t, try_cast(text AS INTEGER) AS i FROM rows`,
      { t: 'x', i: null, __row: 7n },
    ],
  ])('%s', async (query, row) => {
    const text = await eachRow(query);
    const rows = `WITH rows AS (SELECT 2 AS id, 5 AS n, 'abc' AS text, 7::BIGINT AS __row)`;
    expect(await database.query(`${rows} SELECT * FROM (${text ?? ''})`)).toEqual([row]);
  });
});

describe('a query that may mix, leave out or double rows', () => {
  it.each([
    'SELECT * FROM rows WHERE n > 1',
    'SELECT DISTINCT n FROM rows',
    'SELECT sum(n) AS n FROM rows',
    'SELECT n FROM rows GROUP BY n',
    'SELECT n FROM rows GROUP BY ALL',
    'SELECT n, row_number() OVER () AS r FROM rows',
    'SELECT n FROM rows QUALIFY row_number() OVER (PARTITION BY n) = 1',
    'SELECT n FROM rows LIMIT 3',
    'SELECT unnest([1, 2]) AS k, n FROM rows',
    'SELECT n, (SELECT max(n) FROM rows) AS m FROM rows',
    'SELECT n FROM rows UNION ALL SELECT n FROM rows',
    'SELECT a.n FROM rows a JOIN rows b ON a.id = b.id',
    'SELECT a.n FROM rows a, rows b',
    'SELECT n FROM rows TABLESAMPLE 10 PERCENT (bernoulli, 3)',
    "SELECT COLUMNS('n.*') FROM rows",
    'SELECT rows FROM rows',
    'SELECT r AS whole FROM rows AS r',
    'SELECT a FROM rows AS r(a, b, c)',
    'SELECT #1 FROM rows',
    'SELECT n + 9007199254740993 AS n FROM rows',
    'WITH RECURSIVE t AS (SELECT n FROM rows UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t',
    'WITH a AS (SELECT DISTINCT n FROM rows) SELECT n FROM a',
    'PIVOT rows ON text USING sum(n)',
    'SELECT 1 AS one',
    'SELECT (',
  ])('%s', async (query) => expect(await eachRow(query)).toBeUndefined());
});
