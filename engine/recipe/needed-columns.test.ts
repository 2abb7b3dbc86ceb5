import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../table/database.ts';
import type { ModelFile, ModelStep } from './model-file.ts';
import { findNeededColumns } from './needed-columns.ts';

let database: Database;
beforeAll(
  async () =>
    void (database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] })),
);
afterAll(() => database[Symbol.asyncDispose]());

const numbers = (names: readonly string[]): { name: string; type: string }[] =>
  names.map((name) => ({ name, type: 'DOUBLE' }));
type Step = Pick<ModelStep, 'sql'> & Partial<ModelStep>;
function model(base: readonly string[], sql: string | readonly Step[], features: readonly string[]): ModelFile {
  const steps = typeof sql === 'string' ? [{ sql }] : sql;
  return {
    format: 1,
    kind: 'train.baseline',
    task: 'regression',
    target: { name: 'y', type: 'DOUBLE' },
    classes: [],
    base: { key: 'k', columns: numbers(base) },
    needed: [],
    steps: steps.map((step, i) => ({
      key: `s${i}`,
      kind: 'clean.derive',
      title: 'Derive',
      params: {},
      columns: numbers(features),
      ...step,
    })),
    features: numbers(features),
    estimator: null,
    facts: {},
  };
}
const rows = '{{flowyard:rows}}';

test('what a feature is made of is needed, the target and the rest are not', async () => {
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

test('a column that a step only carries along is not needed', async () => {
  const select = `SELECT "id", "y", "a" AS "size", "b", "c", "__row" FROM ${rows}`;
  const fill = `SELECT * REPLACE (coalesce("b", 1) AS "b") FROM ${rows}`;
  const recipe = model(['id', 'y', 'a', 'b', 'c'], [{ sql: select }, { sql: null }, { sql: fill }], ['size']);
  expect(await findNeededColumns(database, recipe)).toEqual(['a']);
});

test('of a look-up, the key is needed where what it finds is a feature', async () => {
  const join = `SELECT l.*, r."mean" AS "usual" FROM ${rows} AS l LEFT JOIN {{flowyard:table:groups}} AS r ON r."key" IS NOT DISTINCT FROM CAST(l."shop" AS VARCHAR)`;
  const tables = { groups: { columns: numbers(['key', 'mean']), rows: [] } };
  const recipe = (feature: string): ModelFile => model(['y', 'shop', 'a'], [{ sql: join, tables }], [feature]);
  expect(await findNeededColumns(database, recipe('usual'))).toEqual(['shop']);
  expect(await findNeededColumns(database, recipe('a'))).toEqual(['a']);
});

test('what the model chooses rows by is needed', async () => {
  const choice = `SELECT * FROM ${rows} WHERE coalesce("age" >= 18, false)`;
  expect(await findNeededColumns(database, model(['y', 'age', 'a', 'b'], choice, ['a']))).toEqual(['age', 'a']);
});

test('a step that cannot be followed needs what it names', async () => {
  const sql = `SELECT *, list_sum([COLUMNS('[ab]')]) AS made, c + 1 AS d FROM ${rows}`;
  expect(await findNeededColumns(database, model(['y', 'a', 'b', 'c'], sql, ['d', 'a']))).toEqual(['a', 'c']);
});

test('of very many columns those that are features are needed, and no other', async () => {
  const base = Array.from({ length: 3000 }, (_, i) => `x${i}`);
  const features = base.filter((_, i) => i % 7 === 0);
  const select = `SELECT ${base.map((name) => `"${name}"`).join(', ')}, "__row" FROM ${rows}`;
  expect(await findNeededColumns(database, model(['y', ...base], select, features))).toEqual(features);
});
