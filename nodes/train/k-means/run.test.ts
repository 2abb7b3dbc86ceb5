import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { report as reportSchema } from '../../../shared/report.ts';
import { toCsv, Workshop, type SketchedNode } from '../../../test/support/workshop.ts';

let shop: Workshop;
const random = randomGenerator(3);
/** Three groups, and a row that is not complete. */
const rows = Array.from({ length: 300 }, (_, i) => ({
  i,
  a: i === 299 ? null : ([0, 10, 20][i % 3] ?? 0) + random.nextNormal(),
  b: ([5, -5, 5][i % 3] ?? 0) + random.nextNormal(),
  name: `row ${i}`,
}));
beforeAll(async () => {
  shop = await Workshop.open();
  await shop.write('groups.csv', toCsv(['i', 'a', 'b', 'name'], rows));
});
afterAll(() => shop[Symbol.asyncDispose]());

const nodes = (params: Record<string, unknown> = {}, query = 'SELECT * FROM rows'): Record<string, SketchedNode> => ({
  read: { kind: 'read.csv', params: { file: 'groups.csv' } },
  choose: { kind: 'combine.sql', params: { query } },
  train: { kind: 'train.k-means', params: { clusters: 3, columns: { by: 'names', names: ['a', 'b'] }, ...params } },
});
const complete = 'SELECT * FROM rows WHERE a IS NOT NULL';
const wires = ['read.rows -> choose.rows', 'choose.rows -> train.rows'];

it('finds the groups, gives each row its own, and a model that gives them to new rows', async () => {
  const run = await shop.run(
    {
      ...nodes({}, complete),
      predict: { kind: 'predict.rows', params: {} },
    },
    [...wires, 'train.model -> predict.model', 'read.rows -> predict.rows'],
  );
  expect(run.problems).toEqual([]);
  const found = await run.rows('train', 'i');
  const groups = [0, 1, 2].map(
    (group) => new Set(found.filter((r) => Number(r['i']) % 3 === group).map((r) => r['cluster'])),
  );
  expect(groups.map((group) => group.size)).toEqual([1, 1, 1]);
  expect(new Set(groups.flatMap((group) => [...group])).size).toBe(3);
  const predicted = await run.rows('predict', 'i');
  expect(predicted.slice(0, 299).map((r) => r['prediction'])).toEqual(found.map((r) => r['cluster']));
  expect(predicted[299]?.['prediction']).toBeNull();
  const report = reportSchema.parse(JSON.parse(await run.text('train', 'report.report.json')));
  expect(report.blocks.map((b) => b.type)).toEqual(['chart', 'table']);
});

it('says which column has a missing value', async () => {
  const run = await shop.run(nodes(), wires);
  expect(run.problems).toMatchObject([{ node: 'train', code: 'k-means.missing', column: 'a' }]);
});

it('is not held against a target that no model of clusters has', async () => {
  const run = await shop.run({ ...nodes({}, complete), judge: { kind: 'evaluate.model', params: {} } }, [
    ...wires,
    'train.model -> judge.model',
    'choose.rows -> judge.rows',
  ]);
  expect(run.problems).toMatchObject([{ node: 'judge', code: 'evaluate.no-truth' }]);
});
