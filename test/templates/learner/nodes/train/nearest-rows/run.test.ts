import { expect, it } from 'vitest';
import { toCsv, Workshop } from '../../../test/support/workshop.ts';

it('answers with the mean and the bounds of the nearest rows', async () => {
  await using shop = await Workshop.open();
  const rows = Array.from({ length: 30 }, (_, i) => ({ x: i, y: 10 * i }));
  await shop.write('line.csv', toCsv(['x', 'y'], rows));
  await shop.write('ask.csv', toCsv(['x', 'y'], [{ x: 10.1, y: 0 }]));
  const run = await shop.run(
    {
      read: { kind: 'read.csv', params: { file: 'line.csv' } },
      ask: { kind: 'read.csv', params: { file: 'ask.csv' } },
      train: { kind: 'train.nearest-rows', params: { target: 'y', neighbours: 3 } },
      predict: { kind: 'predict.rows', params: {} },
    },
    ['read.rows -> train.rows', 'train.model -> predict.model', 'ask.rows -> predict.rows'],
  );
  expect(run.problems).toEqual([]);
  expect(await run.rows('predict')).toMatchObject([{ prediction: 100, lower: 90, upper: 110 }]);
});
