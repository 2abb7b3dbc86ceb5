/** Semantics, case by case: joins, branches, group statistics, the target after Split, predictions to learn from. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askService } from '../../support/asked-model.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../support/workshop.ts';
import { makeSales, numbersOnly, readSales, salesCsv } from './shops.ts';

let workshop: Workshop;
const sales = makeSales(200, 11);
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('sales.csv', salesCsv(sales));
  await workshop.write('shops.csv', 'shop,size\nshop 0,10\nshop 1,20\nshop 2,35\nshop 3,40\n');
  await workshop.write('twice.csv', 'shop,size\nshop 0,10\nshop 0,20\n');
});
afterAll(() => workshop[Symbol.asyncDispose]());

const csv = (file: string): SketchedNode => ({ kind: 'read.csv', params: { file } });
const lookUp: SketchedNode = {
  kind: 'combine.join',
  params: { how: 'left', keys: [{ left: 'shop', right: 'shop' }], rightUnique: true },
};
/** Reader and Split by the price, and what follows. */
function after(
  nodes: Readonly<Record<string, SketchedNode>>,
  wires: readonly string[],
  split: Readonly<Record<string, unknown>> = {},
): Promise<FinishedRun> {
  return workshop.run(
    {
      read: readSales('sales.csv'),
      split: { kind: 'split.rows', params: { target: 'price', id: 'id', ...split } },
      ...nodes,
    },
    ['read.rows -> split.rows', ...wires],
  );
}
const linear = (names: readonly string[]): SketchedNode => ({
  kind: 'train.linear-regression',
  params: { columns: { by: 'names', names } },
});

describe('fewer rows after Split', () => {
  const takings: [string, SketchedNode][] = [
    ['a sample', { kind: 'combine.sample', params: { amount: 'rows', rows: 10 } }],
    ['one of equal rows', { kind: 'clean.duplicates', params: { columns: { by: 'names', names: ['shop'] } } }],
  ];
  test.each(takings)('%s is of training rows, and said to be where nothing learns from it', async (_name, fewer) => {
    const learnt = await after({ fewer, train: linear(['amount']) }, [
      'split.rows -> fewer.rows',
      'fewer.rows -> train.rows',
    ]);
    expect([learnt.problems, learnt.warnings.map((w) => w.code)]).toEqual([[], []]);
    const shown = await after({ fewer }, ['split.rows -> fewer.rows']);
    expect(shown.warnings).toMatchObject([
      { code: 'split.only-training-rows', node: 'fewer', fixes: [{ do: 'move', node: 'fewer', before: 'split' }] },
    ]);
    const isTest = (row: Readonly<Record<string, unknown>>): boolean => row['__partition'] === 'test';
    const [all, kept] = [await shown.rows('split', 'id'), await shown.rows('fewer', 'id')];
    expect(kept.filter(isTest)).toEqual(all.filter(isTest));
    expect(kept.filter((row) => !isTest(row)).length).toBeLessThanOrEqual(10);
  });
});

describe('join after Split', () => {
  test('a look-up is row-wise: marks stay, and the table is in the model, which needs no table to answer', async () => {
    const run = await after(
      {
        shops: csv('shops.csv'),
        join: lookUp,
        fill: { kind: 'prepare.impute' },
        train: linear(['amount', 'size']),
        predict: { kind: 'predict.rows' },
      },
      [
        'split.rows -> join.left',
        'shops.rows -> join.right',
        'join.rows -> fill.rows',
        'fill.rows -> train.rows',
        'train.model -> predict.model',
        'read.rows -> predict.rows',
      ],
    );
    expect(run.problems).toEqual([]);
    const model: { needed: string[] } = JSON.parse(await run.text('train', 'model.json'));
    expect(model.needed).toEqual(['shop', 'amount']);
    const served = await askService(
      run.artifact('train'),
      sales.map(({ shop, amount }) => ({ shop, amount })),
    );
    expect(served.map((p) => p.prediction)).toEqual((await run.rows('predict', 'id')).map((row) => row['prediction']));
  });

  test('a key that stands twice stops the run and is named', async () => {
    const run = await after({ shops: csv('twice.csv'), join: lookUp, train: linear(['size']) }, [
      'split.rows -> join.left',
      'shops.rows -> join.right',
      'join.rows -> train.rows',
    ]);
    expect(run.problems).toMatchObject([
      { code: 'join.not-unique', node: 'join', param: 'rightUnique', message: expect.stringContaining('"shop 0"') },
    ]);
  });

  test('another join is refused, and the look-up is offered', async () => {
    const run = await after(
      { shops: csv('shops.csv'), join: { ...lookUp, params: { ...lookUp.params, rightUnique: false } } },
      ['split.rows -> join.left', 'shops.rows -> join.right'],
    );
    expect(run.problems).toMatchObject([
      { code: 'split.mixes-rows', node: 'join', mend: expect.stringContaining('Validate many-to-one') },
    ]);
  });
});

describe('joining or appending branches', () => {
  test('side by side is refused: one after another is offered', async () => {
    const run = await after({ a: { kind: 'prepare.impute' }, b: { kind: 'prepare.scale' }, join: lookUp }, [
      'split.rows -> a.rows',
      'split.rows -> b.rows',
      'a.rows -> join.left',
      'b.rows -> join.right',
    ]);
    expect(run.problems).toMatchObject([
      { code: 'split.mixes-rows', node: 'join', mend: expect.stringContaining('one after another') },
    ]);
  });

  test('append after Split is refused', async () => {
    const run = await after({ more: readSales('sales.csv'), append: { kind: 'combine.append' } }, [
      'split.rows -> append.rows',
      'more.rows -> append.rows',
    ]);
    expect(run.problems).toMatchObject([{ code: 'split.mixes-rows', node: 'append', mend: 'Put it before Split.' }]);
  });
});

describe('group statistics after Split', () => {
  test('learn from training rows alone, and an aggregate is refused in their favour', async () => {
    const run = await after(
      {
        groups: {
          kind: 'prepare.group-statistics',
          params: { by: ['shop'], statistics: [{ column: 'amount', function: 'mean', as: 'usual' }] },
        },
        keep: { kind: 'write.table', params: { file: 'groups.parquet', overwrite: true } },
      },
      ['split.rows -> groups.rows', 'groups.rows -> keep.rows'],
    );
    expect(run.problems).toEqual([]);
    const train = (await run.rows('split', 'id')).filter((row) => row['__partition'] === 'train');
    const state: { groups: (string | number)[][] } = JSON.parse(await run.text('groups', 'state.json'));
    for (const [shop, mean] of state.groups) {
      const own = train.filter((row) => row['shop'] === shop).map((row) => Number(row['amount']));
      expect(mean).toBeCloseTo(own.reduce((a, b) => a + b, 0) / own.length, 9);
    }
    const refused = await after(
      {
        sums: {
          kind: 'combine.aggregate',
          params: { by: ['shop'], aggregates: [{ function: 'mean', column: 'amount' }] },
        },
      },
      ['split.rows -> sums.rows'],
    );
    expect(refused.problems).toMatchObject([
      { code: 'split.mixes-rows', fixes: [{ do: 'replace', kind: 'prepare.group-statistics' }, { do: 'move' }] },
    ]);
  });
});

describe('the target after Split', () => {
  const ratio: SketchedNode = {
    kind: 'clean.derive',
    params: { columns: [{ name: 'ratio', expression: 'price / (amount + 1)' }] },
  };

  test('a feature that is computed from it is refused; the column alone is not', async () => {
    const wires = ['split.rows -> ratio.rows', 'ratio.rows -> train.rows'];
    expect((await after({ ratio, train: linear(['amount', 'ratio']) }, wires)).problems).toMatchObject([
      { code: 'train.feature-from-target', node: 'train', column: 'ratio', param: 'columns' },
    ]);
    expect((await after({ ratio, train: linear(['amount']) }, wires)).problems).toEqual([]);
  });
});

describe('stacking', () => {
  const stack = (
    split: Readonly<Record<string, unknown>>,
    columns: Readonly<Record<string, unknown>>,
  ): Promise<FinishedRun> =>
    after(
      {
        first: { kind: 'train.linear-regression', params: numbersOnly },
        fill: { kind: 'prepare.impute', params: { columns: { by: 'names', names: ['age'] } } },
        predict: { kind: 'predict.rows' },
        second: { kind: 'train.linear-regression', params: { columns } },
        judge: { kind: 'evaluate.model' },
      },
      [
        'split.rows -> fill.rows',
        'fill.rows -> first.rows',
        'fill.rows -> predict.rows',
        'first.model -> predict.model',
        'predict.rows -> second.rows',
        'second.model -> judge.model',
        'predict.rows -> judge.rows',
      ],
      split,
    );

  test('a trainer that is fed with predictions of rows that the model has learnt from is refused', async () => {
    const run = await stack({}, { by: 'names', names: ['amount', 'prediction'] });
    expect(run.problems).toMatchObject([
      { code: 'train.own-predictions', node: 'second', column: 'prediction', mend: expect.stringContaining('folds') },
    ]);
    expect((await stack({}, { by: 'names', names: ['amount'] })).problems).toEqual([]);
  });

  test('out-of-fold predictions may be learnt from', async () => {
    const run = await stack({ method: 'folds', folds: 3 }, { by: 'names', names: ['prediction'] });
    expect(run.problems).toEqual([]);
    expect(run.metrics['judge']?.['r2']).toBeGreaterThan(0.8);
  });
});
