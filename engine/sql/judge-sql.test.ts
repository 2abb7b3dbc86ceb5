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
  [
    'SELECT levenstein(x, x) FROM rows',
    /^sql.no-function: There is no function "levenstein" that .* Did you mean levenshtein\?$/,
  ],
  ['SELECT * FROM duckdb_settings()', /^sql.reaches-outside: duckdb_settings\(\) reaches outside/],
  // What only tells of the catalogs.
  ['SHOW ALL TABLES', /^sql.reaches-outside: SHOW/],
  ['SELECT * FROM (SHOW TABLES)', /^sql.reaches-outside: SHOW/],
  ['DESCRIBE duckdb_tables', /^sql.unknown-table/],
  ['SUMMARIZE duckdb_settings', /^sql.unknown-table/],
  // Functions that are called by their bare names.
  ['SELECT session_user', /^sql.reaches-outside: session_user .*rows\.session_user/],
  ['SELECT x FROM rows WHERE "current_role" = \'duckdb\'', /^sql.reaches-outside: current_role/],
  ['SELECT x FROM rows ORDER BY current_schema', /^sql.reaches-outside: current_schema/],
  ['SELECT x FROM rows LIMIT (SELECT length(user))', /^sql.reaches-outside: user/],
  [`SELECT user -> '$.name' FROM (SELECT 1 AS y)`, /^sql.reaches-outside: user/],
  ['SELECT list_transform([1], lambda y: current_catalog) FROM rows', /^sql.reaches-outside: current_catalog/],
  ['SELECT x, $1 FROM rows', /^sql.unknown-form: .*PARAMETER/],
  // A WITH is seen by its own query alone.
  [
    'SELECT * FROM (WITH "duckdb_tables" AS (SELECT 1) SELECT * FROM "duckdb_tables") q, "duckdb_tables" b',
    /^sql.unknown-table: .*"duckdb_tables"/,
  ],
  [
    'SELECT * FROM duckdb_tables WHERE EXISTS (WITH duckdb_tables AS (SELECT 1) FROM duckdb_tables)',
    /^sql.unknown-table/,
  ],
  ['WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables', /^sql.unknown-table/],
  ['WITH a AS (SELECT * FROM duckdb_views), duckdb_views AS (SELECT 1) SELECT * FROM a', /^sql.unknown-table/],
  [
    'WITH RECURSIVE duckdb_views AS (SELECT view_name FROM duckdb_views UNION SELECT view_name FROM duckdb_views) FROM duckdb_views',
    /^sql.unknown-table/,
  ],
  [
    'SELECT x FROM rows UNION ALL (WITH pg_class AS (SELECT 1 AS x) FROM pg_class) UNION ALL SELECT oid FROM pg_class',
    /^sql.unknown-table/,
  ],
  [
    'SELECT (WITH sqlite_master AS (SELECT 1 AS y) SELECT y FROM sqlite_master), (SELECT count(*) FROM sqlite_master)',
    /^sql.unknown-table/,
  ],
  [
    'WITH a AS (WITH pragma_database_list AS (SELECT 1) FROM pragma_database_list) SELECT * FROM a, pragma_database_list',
    /^sql.unknown-table/,
  ],
  // Only the letters A to Z are folded: DuckDB would look for a file of this name.
  ['WITH "k.csv" AS (SELECT 1) SELECT * FROM "\u212A.csv"', /^sql.unknown-table/],
  ['SELECT * FROM memory.rows', /^sql.unknown-table: .*"memory\.rows"/],
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
  'WITH rows AS (SELECT x + 1 AS x FROM rows) SELECT * FROM rows',
  'WITH a AS (SELECT x FROM rows), b AS (SELECT x FROM a) SELECT * FROM (WITH c AS (FROM b) SELECT * FROM c, a) UNION ALL SELECT x, x FROM b',
  'SELECT * FROM rows r WHERE EXISTS (WITH t AS (SELECT x FROM rows) SELECT 1 FROM t WHERE t.x = r.x)',
  'DESCRIBE rows',
  'SUMMARIZE (SELECT x FROM rows)',
  'FROM ROWS SELECT X',
  'SELECT user, max(session_user) FROM (SELECT x AS user, x AS session_user FROM rows) WHERE user > 1 GROUP BY user ORDER BY user',
  'SELECT x AS user, user + 1 AS more FROM rows WHERE user > 1 ORDER BY user',
  'SELECT user FROM rows AS t(user)',
  'WITH t(user) AS (SELECT x FROM rows) SELECT t.user, user FROM t',
  'SELECT list_transform([x], lambda user: user + 1), [user FOR user IN [x]] FROM rows',
  `SELECT * FROM rows UNPIVOT (v FOR n IN (x)), range(3) AS r(i), (VALUES (1), (2)) AS v(j), unnest([x]) AS u(k)`,
  'SELECT sum(x) FILTER (WHERE x > 0) OVER w, #1, x::DECIMAL(9, 2), TRY(x / 0), [x, 1][1], {a: x}.a, x COLLATE de FROM rows WINDOW w AS (ORDER BY x)',
  'SELECT DISTINCT ON (x) * EXCLUDE (x), COLUMNS(lambda c: c = $$x$$) FROM rows QUALIFY row_number() OVER () = 1',
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

it.each([
  ['SELECT (SELECT user) FROM rows', /^sql.reaches-outside: user/],
  [
    'SELECT max(y) FROM (SELECT x AS y FROM rows) t WHERE EXISTS (SELECT 1 WHERE user > 1)',
    /^sql.reaches-outside: user/,
  ],
  ['SELECT x AS user, max(user) FROM (SELECT x FROM rows)', /^sql.reaches-outside: user/],
  ['SELECT s.x FROM (SELECT 1 AS x) s SEMI JOIN rows t ON s.x = t.x WHERE user = 1', /^sql.reaches-outside: user/],
  ['SELECT user FROM rows', 'may be'],
  ['SELECT * EXCLUDE (user), user FROM rows', 'may be'],
])('DuckDB takes a bare name for a function where its own SELECT has no such column: %s', async (query, says) => {
  const said = await judge(select(query, 'query'), ['x', 'user']);
  if (typeof says === 'string') expect(said).toBe(says);
  else expect(said).toMatch(says);
  // As DuckDB itself has it: where the judge lets a query pass, a column is read.
  const bound = await database
    .query(`WITH rows AS (SELECT 7 AS x, 8 AS user) SELECT * FROM (${query})`)
    .catch(() => []);
  const values = bound.flatMap((row) => Object.values(row)).map(String);
  expect(values.includes('duckdb') && said === 'may be').toBe(false);
});

it('an expression is one, and cannot close its own parenthesis', async () => {
  for (const text of [
    '1) ORDER BY (2',
    '1) LIMIT (1',
    '1) GROUP BY (1',
    '1) HAVING (true',
    '1), (2',
    '1) FROM duckdb_tables() WHERE (true',
    '1) UNION SELECT (2',
  ])
    expect(await judge(expression(text, 'expression'))).toMatch(/^sql\.(not-an-expression|syntax|subquery)/);
  expect(await judge(expression('(SELECT 1)', 'expression'))).toMatch(/^sql.subquery/);
  expect(await judge(expression('getvariable(x)', 'expression'))).toMatch(/^sql.reaches-outside/);
});

it('a formula may name the columns that are made above it', async () => {
  expect(await judge(expression('user + 1', 'columns'))).toMatch(/^sql.reaches-outside/);
  expect(await judge(expression('user + 1', 'columns', ['User']))).toBe('may be');
});
