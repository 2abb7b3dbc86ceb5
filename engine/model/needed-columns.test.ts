import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../table/database.ts';
import type { ModelFile } from './model-file.ts';
import { findNeededColumns } from './needed-columns.ts';

let database: Database;
beforeAll(
  async () =>
    void (database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] })),
);
afterAll(() => database[Symbol.asyncDispose]());

const numbers = (names: readonly string[]): { name: string; type: string }[] =>
  names.map((name) => ({ name, type: 'DOUBLE' }));
function model(base: readonly string[], sql: string, features: readonly string[]): ModelFile {
  return {
    format: 1,
    kind: 'train.baseline',
    task: 'regression',
    target: { name: 'y', type: 'DOUBLE' },
    classes: [],
    base: { key: 'k', columns: numbers(base) },
    needed: [],
    steps: [{ key: 's', kind: 'clean.derive', title: 'Derive', sql, params: {}, columns: numbers(features) }],
    features: numbers(features),
    estimator: null,
    facts: {},
  };
}
const rows = '{{flowyard:rows}}';

test('what the recipe or the estimator reads is needed, the target and the rest are not', async () => {
  const base = ['y', 'a', 'B c', 'unused', 'only in a text'];
  const sql = `SELECT *, A * 2 + "B c" AS made, 'only in a text, "unused" too' AS note FROM ${rows}`;
  expect(await findNeededColumns(database, model(base, sql, ['made']))).toEqual(['a', 'B c']);
});

test('a name that the recipe gives anew is not needed', async () => {
  expect(await findNeededColumns(database, model(['y', 'a', 'b'], `SELECT a AS b FROM ${rows}`, ['b']))).toEqual(['a']);
});

test('a comment with a lone quote hides no column', async () => {
  const sql = `SELECT a -- it's "odd\n, b FROM ${rows}`;
  expect(await findNeededColumns(database, model(['y', 'a', 'b', 'c'], sql, ['a', 'b']))).toEqual(['a', 'b']);
});

test('of very many columns those that are named are needed', async () => {
  const base = Array.from({ length: 200 }, (_, i) => `x${i}`);
  const features = base.slice(0, 100);
  expect(await findNeededColumns(database, model(['y', ...base], `SELECT * FROM ${rows}`, features))).toEqual(features);
});
