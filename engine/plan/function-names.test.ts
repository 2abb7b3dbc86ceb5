import { expect, test } from 'vitest';
import { Database } from '../table/database.ts';
import { aggregateFunctions, volatileFunctions } from './function-names.ts';

test.each([
  [`stability = 'VOLATILE'`, volatileFunctions],
  [`function_type = 'aggregate'`, aggregateFunctions],
])('the list of functions with %s is that of DuckDB', async (which, listed) => {
  await using database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] });
  const found = await database.query(
    `SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() WHERE ${which}`,
  );
  expect([...listed].toSorted()).toEqual(found.map((row) => String(row['name'])).toSorted());
});
