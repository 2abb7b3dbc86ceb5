/** What the test rows say reaches nothing that is learnt, and what would carry it there is refused or named. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomGenerator } from '../../methods/random/random-generator.ts';
import { toCsv, Workshop, type SketchedNode } from '../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => void (workshop = await Workshop.open()));
afterAll(() => workshop[Symbol.asyncDispose]());

const reader = (file: string): SketchedNode => ({
  kind: 'read.csv',
  params: { file, types: { id: 'text', shop: 'text', amount: 'number', age: 'integer', sold: 'number', y: 'text' } },
});
const names = ['id', 'shop', 'amount', 'age', 'sold', 'y'];

interface Sale {
  id: string;
  shop: string | null;
  amount: number | null;
  age: number | null;
  sold: number;
  y: string;
}
function makeSales(count: number, shops: number, seed: number): Sale[] {
  const random = randomGenerator(seed);
  return Array.from({ length: count }, (_, i): Sale => {
    const amount = Math.round(random.nextFloat() * 1000) / 8;
    return {
      id: `s${String(i).padStart(5, '0')}`,
      shop: random.nextFloat() < 0.05 ? null : `shop ${random.nextBelow(shops)}`,
      amount: random.nextFloat() < 0.1 ? null : amount,
      age: random.nextFloat() < 0.1 ? null : random.nextBelow(80),
      sold: Math.round((amount + random.nextFloat() * 20) * 4) / 4,
      y: random.nextFloat() < 0.5 ? 'no' : 'yes',
    };
  });
}

/** Keys name the data that a result came from, so they differ with any byte of the file; what was learnt must not. */
const withoutKeys = (model: string): string =>
  JSON.stringify(JSON.parse(model), (name, value: unknown) => (name === 'key' || name === 'file' ? undefined : value));

describe('what is learnt', () => {
  const fitted = ['fill', 'scale', 'groups', 'shops'];
  const trainers = ['trees', 'line'];
  const learn = (file: string) =>
    workshop.run(
      {
        read: reader(file),
        drop: { kind: 'clean.select', params: { action: 'drop', columns: { by: 'names', names: ['y'] } } },
        split: { kind: 'split.rows', params: { target: 'sold', id: 'id', testFraction: 0.3, validationFraction: 0.1 } },
        fill: { kind: 'prepare.impute', params: { strategy: 'mean', flag: true } },
        scale: { kind: 'prepare.scale' },
        groups: {
          kind: 'prepare.group-statistics',
          params: { by: ['shop'], statistics: [{ column: 'amount', function: 'mean', as: 'usual' }] },
        },
        shops: { kind: 'prepare.encode', params: { method: 'target' } },
        trees: { kind: 'train.gradient-boosting', params: { trees: 15, earlyStopping: 'never' } },
        line: { kind: 'train.linear-regression', params: { alpha: 1 } },
      },
      [
        'read.rows -> drop.rows',
        'drop.rows -> split.rows',
        'split.rows -> fill.rows',
        'fill.rows -> scale.rows',
        'scale.rows -> groups.rows',
        'groups.rows -> shops.rows',
        'shops.rows -> trees.rows',
        'shops.rows -> line.rows',
      ],
    );

  test('is the same to the byte when the features of test rows change, and not when those of training rows do', async () => {
    const sales = makeSales(600, 12, 5);
    await workshop.write(
      'sales.csv',
      toCsv(
        names,
        sales.map((s) => ({ ...s })),
      ),
    );
    const first = await learn('sales.csv');
    expect(first.problems).toEqual([]);
    const marks = new Map((await first.rows('split', 'id')).map((row) => [String(row['id']), row['__partition']]));
    const disturbed = (partition: string): Sale[] =>
      sales.map((s) =>
        marks.get(s.id) === partition
          ? { ...s, shop: `other ${s.shop}`, amount: (s.amount ?? 7) * 1000 + 0.5, age: null }
          : s,
      );
    const learnt = async (run: typeof first): Promise<Record<string, string>> =>
      Object.fromEntries([
        ...(await Promise.all(fitted.map(async (node) => [node, await run.text(node, 'state.json')] as const))),
        ...(await Promise.all(
          trainers.map(async (node) => [node, withoutKeys(await run.text(node, 'model.json'))] as const),
        )),
      ]);

    await workshop.write(
      'test-disturbed.csv',
      toCsv(
        names,
        disturbed('test').map((s) => ({ ...s })),
      ),
    );
    const second = await learn('test-disturbed.csv');
    expect(second.problems).toEqual([]);
    expect((await second.rows('split', 'id')).map((row) => row['__partition'])).toEqual([...marks.values()]);
    expect(second.artifact('trees').key).not.toBe(first.artifact('trees').key);
    expect(await learnt(second)).toEqual(await learnt(first));

    await workshop.write(
      'train-disturbed.csv',
      toCsv(
        names,
        disturbed('train').map((s) => ({ ...s })),
      ),
    );
    const third = await learnt(await learn('train-disturbed.csv'));
    const before = await learnt(first);
    for (const node of [...fitted, ...trainers]) expect(third[node], node).not.toBe(before[node]);
  });
});

describe('what would carry test rows into training', () => {
  beforeAll(() =>
    workshop.write(
      'some.csv',
      toCsv(
        names,
        makeSales(200, 6, 7).map((s) => ({ ...s })),
      ),
    ),
  );

  test('an aggregate after Split is refused, and group statistics are offered in its place', async () => {
    const run = await workshop.run(
      {
        read: reader('some.csv'),
        split: { kind: 'split.rows', params: { target: 'sold', id: 'id' } },
        sums: {
          kind: 'combine.aggregate',
          params: { by: ['shop'], aggregates: [{ function: 'mean', column: 'amount' }] },
        },
      },
      ['read.rows -> split.rows', 'split.rows -> sums.rows'],
    );
    expect(run.status).toBe('failed');
    expect(run.problems).toMatchObject([
      {
        code: 'split.mixes-rows',
        node: 'sums',
        mend: expect.stringContaining('Group statistics'),
        fixes: [
          { do: 'replace', node: 'sums', kind: 'prepare.group-statistics' },
          { do: 'move', node: 'sums', before: 'split' },
        ],
      },
    ]);
  });

  test('a window over the target before Split is named, with its column and what to use instead', async () => {
    const run = await workshop.run(
      {
        read: reader('some.csv'),
        window: {
          kind: 'combine.sql',
          params: { query: 'SELECT *, avg(sold) OVER (PARTITION BY shop) AS usual FROM rows' },
        },
        split: { kind: 'split.rows', params: { target: 'sold', id: 'id' } },
      },
      ['read.rows -> window.rows', 'window.rows -> split.rows'],
    );
    expect(run.status).toBe('done');
    expect(run.warnings).toMatchObject([
      {
        code: 'leak.before-split',
        node: 'split',
        column: 'usual',
        severity: 'warning',
        mend: expect.stringContaining('Group statistics'),
      },
    ]);
  });

  test('a fitted node before Split is refused', async () => {
    const run = await workshop.run(
      {
        read: reader('some.csv'),
        fill: { kind: 'prepare.impute' },
        split: { kind: 'split.rows', params: { target: 'sold', id: 'id' } },
      },
      ['read.rows -> fill.rows', 'fill.rows -> split.rows'],
    );
    expect(run.problems).toMatchObject([{ code: 'split.learns-before', node: 'fill' }]);
  });
});

describe('on pure noise', () => {
  test('cross-validation of an encoder by the target finds nothing', async () => {
    await workshop.write(
      'noise.csv',
      toCsv(
        names,
        makeSales(2500, 250, 9).map((s) => ({ ...s })),
      ),
    );
    const run = await workshop.run(
      {
        read: reader('noise.csv'),
        pick: { kind: 'clean.select', params: { columns: { by: 'names', names: ['id', 'shop', 'y'] } } },
        split: { kind: 'split.rows', params: { target: 'y', id: 'id', method: 'folds', folds: 4, testFraction: 0 } },
        shops: { kind: 'prepare.encode', params: { method: 'target', smoothing: 0 } },
        trees: { kind: 'train.gradient-boosting', params: { trees: 10 } },
        judge: { kind: 'evaluate.classification' },
      },
      [
        'read.rows -> pick.rows',
        'pick.rows -> split.rows',
        'split.rows -> shops.rows',
        'shops.rows -> trees.rows',
        'shops.rows -> judge.rows',
        'trees.model -> judge.model',
      ],
    );
    expect(run.problems).toEqual([]);
    const auc = run.metrics['judge']?.['roc_auc'] ?? 0;
    expect(Math.abs(auc - 0.5)).toBeLessThanOrEqual(0.06);
  });
});
