/** A model that is too good is remarked on, with the column that gives the answer away. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomGenerator } from '../../methods/random/random-generator.ts';
import { toCsv, Workshop, type SketchedNode } from '../support/workshop.ts';

let workshop: Workshop;
const random = randomGenerator(8);
const rows = Array.from({ length: 300 }, (_, i) => {
  const x = random.nextFloat() * 10;
  const answer = x + random.nextFloat() * 6 > 8 ? 'yes' : 'no';
  return {
    id: i,
    x,
    z: random.nextFloat(),
    code: answer === 'yes' ? 'J' : 'N',
    answer,
    price: 3 * x + random.nextFloat(),
  };
});
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('data.csv', toCsv(Object.keys(rows[0] ?? {}), rows));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const run = (target: string, leave: readonly string[], train: SketchedNode) =>
  workshop.run(
    {
      read: { kind: 'read.csv', params: { file: 'data.csv' } },
      select: { kind: 'clean.select', params: { action: 'drop', columns: { by: 'names', names: leave } } },
      split: { kind: 'split.rows', params: { target, id: 'id', testFraction: 0.4 } },
      encode: { kind: 'prepare.encode', params: { method: 'ordinal' } },
      train,
      judge: { kind: 'evaluate.model' },
    },
    [
      'read.rows -> select.rows',
      'select.rows -> split.rows',
      'split.rows -> encode.rows',
      'encode.rows -> train.rows',
      'train.model -> judge.model',
      'split.rows -> judge.rows',
    ],
  );

test('a raw copy of the target, in other words, is named where the model is trained and where its score is perfect', async () => {
  const found = await run('answer', ['price'], { kind: 'train.gradient-boosting', params: { trees: 20 } });
  expect(found.problems).toEqual([]);
  const remarks = found.warnings.filter((w) => /too-good|tells-target/.test(w.code));
  expect(remarks.map((w) => [w.node, w.code, w.column])).toEqual([
    ['train', 'train.column-tells-target', 'code'],
    ['judge', 'evaluate.too-good', 'code'],
  ]);
  expect(remarks[0]?.message).toContain('"code" alone tells the target "answer" of 100 %');
});

test('a number that is the target in other units', async () => {
  await workshop.write(
    'data.csv',
    toCsv(
      [...Object.keys(rows[0] ?? {}), 'cents'],
      rows.map((row) => ({ ...row, cents: Math.round(row.price * 100) })),
    ),
  );
  const found = await run('price', ['answer', 'code'], { kind: 'train.linear-regression' });
  expect(found.warnings.find((w) => w.code === 'train.column-tells-target')).toMatchObject({ column: 'cents' });
  expect(found.warnings.find((w) => w.code === 'evaluate.too-good')).toMatchObject({ column: 'cents' });
});

test('a good model of good features is not remarked on', async () => {
  const found = await run('answer', ['price', 'code', 'cents'], { kind: 'train.logistic-regression' });
  expect(found.problems).toEqual([]);
  expect(found.warnings.filter((w) => /too-good|tells-target/.test(w.code))).toEqual([]);
});
