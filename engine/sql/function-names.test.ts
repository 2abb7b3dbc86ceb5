/** The lists of what SQL may ask, held against all that this DuckDB has. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { expression, select, type Sql } from '../../shared/sql.ts';
import { Database } from '../table/database.ts';
import {
  aggregateFunctions,
  bareWords,
  clockFunctions,
  clockWords,
  collations,
  inwardFunctions,
  mayBeAsked,
  outsideFunctions,
  plainFunctions,
  tableFunctions,
  volatileFunctions,
} from './function-names.ts';
import { SqlJudge } from './judge-sql.ts';

let database: Database;
let judge: SqlJudge;
beforeAll(async () => {
  database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] });
  judge = new SqlJudge(database);
});
afterAll(() => database[Symbol.asyncDispose]());

const names = async (query: string): Promise<string[]> =>
  (await database.query(query)).map((row) => String(Object.values(row)[0])).toSorted();
const functions = (which: string): Promise<string[]> =>
  names(`SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE ${which}`);
const inputs = new Map([['rows', { columns: [{ name: 'x', type: 'BIGINT' }] }]]);
const codeOf = (fragment: Sql): Promise<string> =>
  judge.judge(fragment, inputs).then(
    () => 'passes',
    (thrown: unknown) => toProblem(thrown).code,
  );
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

test.each([
  [`stability = 'VOLATILE'`, volatileFunctions],
  [`function_type = 'aggregate'`, aggregateFunctions],
])('the list of functions with %s is that of DuckDB', async (which, listed) => {
  expect([...listed].toSorted()).toEqual(await functions(which));
});

test('every function that this DuckDB has is judged in one list, and no list names one that it lacks', async () => {
  const found = await functions(`function_type IN ('scalar', 'macro')`);
  const lists = [plainFunctions, volatileFunctions, clockFunctions, outsideFunctions];
  const judgedBy = (name: string): number =>
    lists.filter((list) => list.has(name)).length + [collations, inwardFunctions].filter((r) => r.test(name)).length;
  expect(found.filter((name) => judgedBy(name) !== 1)).toEqual([]);
  expect(lists.flatMap((list) => [...list]).filter((name) => !found.includes(name))).toEqual([]);
  expect(found.length).toBeGreaterThan(700);
});

test('a function passes where its list says so, and is refused by name where not', async () => {
  const found = await functions(`function_type IN ('scalar', 'macro', 'aggregate')`);
  for (const name of found) {
    const call = `${quoted(name)}(x, x)`;
    const [inExpression, inQuery] = [
      await codeOf(expression(call, 'expression')),
      await codeOf(select(`SELECT * FROM rows WHERE ${call} IS NULL`, 'query')),
    ];
    expect([name, inExpression]).toEqual([name, mayBeAsked(name) ? 'passes' : expect.stringMatching(/^sql\./)]);
    expect([name, inQuery]).toEqual([name, inExpression]);
  }
});

test('of the functions that give a table only those pass that need nothing but their arguments', async () => {
  const found = await functions(`function_type IN ('table', 'table_macro', 'pragma')`);
  expect([...tableFunctions].filter((name) => !found.includes(name))).toEqual([]);
  for (const name of found) {
    const code = await codeOf(select(`SELECT * FROM ${quoted(name)}('rows')`, 'query'));
    expect([name, code]).toEqual([name, tableFunctions.has(name) ? 'passes' : 'sql.reaches-outside']);
  }
  expect(found.length).toBeGreaterThan(130);
});

test('no setting can be read or set', async () => {
  const found = await names('SELECT name FROM duckdb_settings()');
  expect(found.length).toBeGreaterThan(150);
  const open: string[] = [];
  for (const name of found) {
    const codes = [
      await codeOf(expression(`current_setting('${name}')`, 'expression')),
      await codeOf(select(`SET ${name} = 1`, 'query')),
      await codeOf(select(`RESET ${name}`, 'query')),
      await codeOf(select(`PRAGMA ${name}`, 'query')),
    ];
    const refused: unknown = expect.stringMatching(/^sql\./);
    expect([name, ...codes]).toEqual([name, 'sql.reaches-outside', refused, refused, refused]);
    // What evaded the judge would meet a configuration that is locked.
    const isSet = await database.run(`SET ${name} = DEFAULT`).then(
      () => true,
      () => false,
    );
    if (isSet) open.push(name);
  }
  expect(open.filter((name) => name !== 'schema' && name !== 'search_path')).toEqual([]);
});

test('no table or view of the catalogs can be read, by any of its names', async () => {
  const found = await database.query(
    'SELECT DISTINCT schema_name AS schema, view_name AS name FROM duckdb_views() WHERE internal',
  );
  expect(found.length).toBeGreaterThan(40);
  for (const { schema, name } of found)
    for (const path of [name, `${String(schema)}.${String(name)}`, `system.${String(schema)}.${String(name)}`])
      expect([path, await codeOf(select(`SELECT * FROM ${String(path)}`, 'query'))]).toEqual([
        path,
        'sql.unknown-table',
      ]);
});

describe('a name without parentheses', () => {
  test('that this DuckDB takes for a function is in the list of those', async () => {
    const all = await names(
      `SELECT DISTINCT lower(w) FROM (SELECT function_name AS w FROM duckdb_functions() UNION ALL SELECT keyword_name FROM duckdb_keywords() UNION ALL SELECT name FROM duckdb_settings())`,
    );
    const words: string[] = [];
    for (const name of new Set([...all, ...bareWords])) {
      const tree = JSON.stringify(await judge.parse(`SELECT ${name}`));
      const isName = tree.includes('"COLUMN_REF"');
      const binds = await database.describe(`SELECT ${name}`).then(
        () => true,
        () => false,
      );
      if (isName && binds) words.push(name);
    }
    expect(words.toSorted()).toEqual([...bareWords].toSorted());
    expect([...clockWords].every((word) => bareWords.has(word))).toBe(true);
  });
});
