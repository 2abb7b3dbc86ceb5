import { afterAll, beforeAll, expect, it } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { expression, select, type Sql } from '../../shared/sql.ts';
import { Database } from '../table/database.ts';
import { SqlJudge } from './judge-sql.ts';

let database: Database;
beforeAll(async () => {
  database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] });
});
afterAll(() => database[Symbol.asyncDispose]());

const judge = async (fragment: Sql, columns: readonly string[] = ['x']): Promise<string> => {
  const rows = { columns: columns.map((name) => ({ name, type: 'BIGINT' })) };
  return new SqlJudge(database).judge(fragment, new Map([['rows', rows]])).then(
    () => 'may be',
    (thrown: unknown) => {
      const { code, message, mend } = toProblem(thrown);
      return `${code}: ${message} ${mend ?? ''}`;
    },
  );
};

it.each([
  ['SELECT *, current_timestamp AS t FROM rows', /^sql.volatile: current_timestamp gives another value at each run/],
  ['SELECT *, Current_Date AS t FROM rows', /^sql.volatile: current_date .*run parameter/],
  ['SELECT * FROM rows WHERE x > localtimestamp', /^sql.volatile: localtimestamp/],
  ['SELECT *, now() FROM rows', /^sql.volatile: now\(\) .*run parameter/],
  ['SELECT *, age(x) FROM rows', /^sql.volatile: age\(\) .*run parameter/],
  ['SELECT *, uuid() FROM rows', /^sql.volatile: uuid\(\) .*name a row/],
  ['SELECT *, random() FROM rows', /^sql.volatile: random\(\) .*seed/],
  ['SELECT * FROM rows USING SAMPLE 10%', /^sql.volatile: SAMPLE takes other rows .*the Sample node/],
  ['SELECT * FROM rows TABLESAMPLE 10%', /^sql.volatile: SAMPLE takes other rows/],
  [`SELECT * FROM read_csv('/etc/hostname')`, /^sql.reaches-outside/],
  [`SELECT * FROM '/etc/hostname'`, /^sql.unknown-table/],
  ['SELECT * FROM other.rows', /^sql.unknown-table/],
  [`COPY rows TO 'x.csv'`, /^sql.not-a-select/],
  [
    'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t',
    /^sql.endless: "t" adds rows to itself and never comes to an end\. .*WHERE n < 100/,
  ],
  ['SELECT', /^sql.syntax: .* Complete it\.$/],
  ['SELEC * FROM rows', /^sql.syntax: .*near/],
])('may not be: %s', async (query, says) => {
  expect(await judge(select(query, 'query'))).toMatch(says);
});

it.each([
  'SELECT * FROM rows TABLESAMPLE reservoir(10 ROWS) REPEATABLE (3)',
  'SELECT *, age(x, x) FROM rows',
  'SELECT *, rows.current_date FROM rows',
  'WITH t AS (SELECT x FROM rows) SELECT * FROM t',
  'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT * FROM t',
  'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT * FROM t LIMIT 9',
  'WITH RECURSIVE t AS (SELECT 1 AS n UNION SELECT n % 5 FROM t) SELECT * FROM t',
  'WITH RECURSIVE t AS (SELECT x FROM rows UNION ALL SELECT rows.x FROM t JOIN rows ON rows.x = t.x + 1) SELECT * FROM t',
])('may be: %s', async (query) => {
  expect(await judge(select(query, 'query'))).toBe('may be');
});

it('a column may bear the name of a clock', async () => {
  expect(await judge(expression('current_date + 1', 'expression'))).toMatch(/^sql.volatile/);
  expect(await judge(expression('current_date + 1', 'expression'), ['Current_Date'])).toBe('may be');
});
