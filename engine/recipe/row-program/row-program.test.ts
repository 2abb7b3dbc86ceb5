import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tryExpression, tryMany } from '../../../test/support/random-expressions.ts';
import { Database } from '../../table/database.ts';
import { compileRows, rowsName } from './row-program.ts';

let database: Database;
beforeAll(async () => {
  database = await Database.open({ threads: 1, memoryBytes: 512 * 2 ** 20, tempFolder: null, allowed: [] });
});
afterAll(() => database[Symbol.asyncDispose]());

test(
  'random expressions over odd rows have the bits that DuckDB gives, or are left to it',
  { timeout: 120_000 },
  async () => {
    const { tried, covered, rows, deferred, differs } = await tryMany(database, 20_261_203, 150, 16);
    expect(differs).toEqual([]);
    expect(covered).toBeGreaterThan(tried * 0.9);
    expect(deferred).toBeLessThan(rows * 0.25);
  },
);

describe('what it leaves to SQL', () => {
  test.each([
    ['ln(x)', 'ln()'],
    ["regexp_replace(s, 'a', 'b')", 'regexp_replace()'],
    ['random()', 'random()'],
    ["strftime(day, '%Y')", 'strftime()'],
    ['i::HUGEINT', 'values of type HUGEINT'],
  ])('%s is named', async (expression, what) => {
    expect((await tryExpression(database, expression, [{}]))?.uncovered).toBe(what);
  });
});

const base = [
  { name: 'city', type: 'VARCHAR' },
  { name: 'size', type: 'DOUBLE' },
];
const compile = (sql: string, leavesOut?: string) =>
  compileRows(database, {
    base,
    isEmptyMissing: true,
    steps: [
      {
        title: 'a step',
        sql,
        columns: [...base, { name: 'code', type: 'DOUBLE' }],
        ...(leavesOut === undefined ? {} : { leavesOut }),
      },
    ],
    features: 'CAST(code AS DOUBLE) AS f0',
    width: 1,
  });

describe('a step', () => {
  const joined = (rows: string): string =>
    `SELECT r.*, coalesce(t.code, -1)::DOUBLE AS code FROM ${rowsName} AS r LEFT JOIN (SELECT * FROM (VALUES ${rows}) AS v(name, code)) AS t ON t.name IS NOT DISTINCT FROM r.city`;

  test('looks values up by their key, missing ones too', async () => {
    const program = await compile(joined("('Zürich', 1.5::DOUBLE), (NULL, 2.5)"));
    if (!('compute' in program)) throw new Error(program.what);
    const found = ['Zürich', null, '', 'Bern'].map((city) => {
      const out = new Float64Array(1);
      return [program.compute({ city, size: 1 }, out, 0), out[0]];
    });
    expect(found).toEqual([
      ['answered', 1.5],
      ['answered', 2.5],
      ['answered', 2.5],
      ['answered', -1],
    ]);
  });

  test('that finds several rows for one key is left to SQL', async () => {
    expect(await compile(joined("('a', 1::DOUBLE), ('a', 2)"))).toEqual({
      step: 'a step',
      what: 'a look-up that finds several rows for one key',
    });
  });

  test('says why it leaves a row out', async () => {
    const program = await compile(`SELECT *, size * 2 AS code FROM ${rowsName} WHERE size > 1`, 'Too small.');
    if (!('compute' in program)) throw new Error(program.what);
    const ask = (size: number | null) => program.compute({ city: null, size }, new Float64Array(1), 0);
    expect([ask(2), ask(1), ask(null)]).toEqual(['answered', { leftOut: 'Too small.' }, { leftOut: 'Too small.' }]);
  });

  test('leaves a value that DuckDB would refuse to it', async () => {
    const program = await compile(`SELECT *, CAST(city AS INTEGER)::DOUBLE AS code FROM ${rowsName}`);
    if (!('compute' in program)) throw new Error(program.what);
    const out = new Float64Array(1);
    expect(['7', 'seven', '99999999999', null].map((city) => program.compute({ city, size: 0 }, out, 0))).toEqual([
      'answered',
      'deferred',
      'deferred',
      'answered',
    ]);
  });
});
