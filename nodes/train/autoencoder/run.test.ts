import { afterAll, beforeAll, expect, it } from 'vitest';
import { report as reportSchema } from '../../../shared/report.ts';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { toCsv, Workshop, type SketchedNode } from '../../../test/support/workshop.ts';

let shop: Workshop;
const random = randomGenerator(4);
/** Three numbers and a text that go together, but for the last ten rows. */
const rows = Array.from({ length: 400 }, (_, i) => {
  const isOdd = i >= 390;
  const size = random.nextNormal();
  const other = isOdd ? -size + (size > 0 ? -2 : 2) : size;
  return {
    i,
    length: 10 + 2 * size + random.nextNormal() * 0.1,
    width: 5 + other + random.nextNormal() * 0.1,
    weight: random.nextFloat() < 0.05 ? null : 100 + 20 * size + random.nextNormal(),
    sort: size > 0 === !isOdd ? 'large' : 'small',
  };
});
beforeAll(async () => {
  shop = await Workshop.open();
  await shop.write('parts.csv', toCsv(['i', 'length', 'width', 'weight', 'sort'], rows));
});
afterAll(() => shop[Symbol.asyncDispose]());

const nodes = (params: Record<string, unknown>): Record<string, SketchedNode> => ({
  read: { kind: 'read.csv', params: { file: 'parts.csv' } },
  train: {
    kind: 'train.autoencoder',
    params: {
      device: 'cpu',
      epochs: 40,
      learningRate: 0.01,
      batchSize: 32,
      columns: { by: 'all', except: ['i'] },
      ...params,
    },
  },
});

it('scores rows that do not go together highest, without labels', async () => {
  const run = await shop.run(nodes({}), ['read.rows -> train.rows']);
  expect(run.problems).toEqual([]);
  const scored = await run.rows('train', 'i');
  expect(Object.keys(scored[0] ?? {})).toEqual(['i', 'length', 'width', 'weight', 'sort', 'anomaly_score']);
  const worst = [...scored].sort((a, b) => Number(b['anomaly_score']) - Number(a['anomaly_score'])).slice(0, 10);
  expect(worst.filter((row) => Number(row['i']) >= 390).length).toBeGreaterThanOrEqual(8);
  const report = reportSchema.parse(JSON.parse(await run.text('train', 'report.report.json')));
  expect(report.blocks.map((b) => b.type)).toEqual(['chart', 'chart', 'table', 'chart', 'text']);
});

it('gives the narrowest layer as codes, and keeps the marks of Split', async () => {
  const run = await shop.run(
    {
      ...nodes({ codes: true, layers: { preset: 'narrow' }, epochs: 3 }),
      split: { kind: 'split.rows', params: { id: 'i' } },
    },
    ['read.rows -> split.rows', 'split.rows -> train.rows'],
  );
  expect(run.problems).toEqual([]);
  const scored = await run.rows('train', 'i');
  expect(Object.keys(scored[0] ?? {})).toEqual([
    '__row',
    '__partition',
    'i',
    'length',
    'width',
    'weight',
    'sort',
    'anomaly_score',
    'code_1',
    'code_2',
  ]);
  expect(new Set(scored.map((row) => row['__partition']))).toEqual(new Set(['train', 'test']));
  expect(scored.every((row) => Number.isFinite(Number(row['anomaly_score'])))).toBe(true);
});

it('says that there is nothing to learn from', async () => {
  const run = await shop.run(nodes({ columns: { by: 'names', names: [] } }), ['read.rows -> train.rows']);
  expect(run.problems).toMatchObject([{ code: 'train.no-features', node: 'train', param: 'columns' }]);
});

it('gives a model of anomalies: Predict has the scores that the rows have, and Evaluate says that nothing tells what is right', async () => {
  const run = await shop.run(
    {
      ...nodes({ epochs: 2 }),
      predict: { kind: 'predict.rows', params: {} },
      judge: { kind: 'evaluate.model', params: {} },
    },
    [
      'read.rows -> train.rows',
      'train.model -> predict.model',
      'train.rows -> predict.rows',
      'train.model -> judge.model',
      'read.rows -> judge.rows',
    ],
  );
  expect(run.problems).toMatchObject([{ code: 'evaluate.no-truth', node: 'judge' }]);
  const rowsFound = await run.rows('predict', 'i');
  rowsFound.forEach((row) => expect(Number(row['prediction'])).toBeCloseTo(Number(row['anomaly_score']), 4));
  expect(JSON.parse(await run.text('train', 'model.json'))).toMatchObject({
    task: 'anomaly',
    outputs: [{ name: 'prediction', type: 'DOUBLE' }],
  });
});
