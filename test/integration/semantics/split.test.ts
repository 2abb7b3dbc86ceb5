/** Semantics, case by case: roles, Split itself, no Split, two Splits on one wire, cross-validation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../../shared/capabilities.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../support/workshop.ts';
import { makeSales, numbersOnly, readSales, salesCsv, type Sale } from './shops.ts';

let workshop: Workshop;
const sales = makeSales(400, 7);
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('sales.csv', salesCsv(sales));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const read = readSales('sales.csv');
const splitBy = (params: Readonly<Record<string, unknown>>): SketchedNode => ({ kind: 'split.rows', params });
const chain = (...names: string[]): string[] => names.slice(1).map((to, i) => `${names[i]}.rows -> ${to}.rows`);
const shareOf = (rows: readonly Row[], mark: string): number =>
  rows.filter((row) => row['__partition'] === mark).length / rows.length;
const marksOf = async (run: FinishedRun, node = 'split'): Promise<Map<unknown, unknown>> =>
  new Map((await run.rows(node, 'id')).map((row) => [row['id'], row['__partition']]));

describe('roles', () => {
  test('set on Split, they travel: rules pick no target, id, group, time or weight, and a trainer predicts the target', async () => {
    const run = await workshop.run(
      {
        read,
        split: splitBy({ target: 'price', id: 'id', group: 'shop', time: 'day', weight: 'amount', method: 'group' }),
        fill: { kind: 'prepare.impute' },
        scale: { kind: 'prepare.scale' },
        train: { kind: 'train.linear-regression' },
      },
      chain('read', 'split', 'fill', 'scale', 'train'),
    );
    expect(run.problems).toEqual([]);
    const model: { target: { name: string }; features: { name: string }[] } = JSON.parse(
      await run.text('train', 'model.json'),
    );
    expect(model.target.name).toBe('price');
    expect(model.features.map((f) => f.name)).toEqual(['age']);
    expect(Object.keys(JSON.parse(await run.text('scale', 'state.json')))).not.toContain('price');
  });

  test('a trainer that is told another target is an error with one click to mend it', async () => {
    const run = await workshop.run(
      {
        read,
        split: splitBy({ target: 'price', id: 'id' }),
        train: { kind: 'train.linear-regression', params: { ...numbersOnly, target: 'amount' } },
      },
      chain('read', 'split', 'train'),
    );
    expect(run.problems).toMatchObject([
      { code: 'train.other-target', node: 'train', param: 'target', fixes: [{ do: 'set', value: '' }] },
    ]);
  });
});

describe('Split itself', () => {
  const mark = async (csv: string, params: Readonly<Record<string, unknown>>): Promise<FinishedRun> => {
    await workshop.write('other.csv', csv);
    return workshop.run({ read: readSales('other.csv'), split: splitBy(params) }, chain('read', 'split'));
  };

  test('exact fractions, and the same marks whatever the order of the file', async () => {
    const params = { target: 'kind', id: 'id', testFraction: 0.25, validationFraction: 0.1 };
    const one = await mark(salesCsv(sales), params);
    const two = await mark(salesCsv(sales.toReversed()), params);
    const rows = await one.rows('split', 'id');
    expect([shareOf(rows, 'test'), shareOf(rows, 'validation')]).toEqual([0.25, 0.1]);
    expect(await two.rows('split', 'id')).toEqual(rows);
    for (const kind of ['dear', 'fair', 'cheap']) {
      const ofKind = rows.filter((row) => row['kind'] === kind);
      expect(Math.abs(shareOf(ofKind, 'test') - 0.25) * ofKind.length).toBeLessThanOrEqual(1);
    }
  });

  test('equal rows fall on one side', async () => {
    const twice = [...sales, ...sales];
    const run = await mark(salesCsv(twice), { target: 'kind', stratify: 'no' });
    const sides = new Map<unknown, Set<unknown>>();
    for (const row of await run.rows('split', 'id'))
      sides.set(row['id'], new Set([...(sides.get(row['id']) ?? []), row['__partition']]));
    expect([...sides.values()].every((side) => side.size === 1)).toBe(true);
  });

  test('with an id, a row keeps its place when its other columns change', async () => {
    const params = { target: 'price', id: 'id' };
    const before = await marksOf(await mark(salesCsv(sales), params));
    const changed = sales.map((s): Sale => ({ ...s, age: 20, amount: s.amount + 1 }));
    expect(await marksOf(await mark(salesCsv(changed), params))).toEqual(before);
  });
});

describe('no Split', () => {
  test('every row is training; the model begins at the first fitted node; the evaluation says so in signature, report and warning', async () => {
    const run = await workshop.run(
      {
        read,
        fill: { kind: 'prepare.impute', params: { columns: { by: 'names', names: ['age'] } } },
        train: { kind: 'train.linear-regression', params: { ...numbersOnly, target: 'price' } },
        judge: { kind: 'evaluate.model' },
        early: { kind: 'evaluate.model' },
      },
      [
        ...chain('read', 'fill', 'train'),
        'fill.rows -> judge.rows',
        'read.rows -> early.rows',
        'train.model -> judge.model',
        'train.model -> early.model',
      ],
    );
    expect(run.problems).toEqual([]);
    const model: { steps: { kind: string }[]; facts: Record<string, unknown> } = JSON.parse(
      await run.text('train', 'model.json'),
    );
    expect(model.steps.map((s) => s.kind)).toEqual(['prepare.impute']);
    const r2 = run.events.filter((e) => e.type === 'metric' && e.name === 'r2');
    expect(r2).toMatchObject([
      { signature: expect.stringContaining('|rows=training|n=400') },
      { signature: expect.stringContaining('|rows=training|n=400') },
    ]);
    for (const [name, value] of Object.entries(run.metrics['judge'] ?? {}))
      expect(run.metrics['early']?.[name]).toBeCloseTo(value ?? Number.NaN, 9);
    expect(await run.text('judge', 'report.report.json')).toContain('measured on 400 training rows');
    expect(run.warnings.map((w) => `${w.node}: ${w.code}`).sort()).toEqual([
      'early: evaluate.training-rows',
      'judge: evaluate.training-rows',
    ]);
  });
});

describe('two Splits on one wire', () => {
  const twice = (second: Readonly<Record<string, unknown>>): Promise<FinishedRun> =>
    workshop.run(
      { read, split: splitBy({ target: 'price', id: 'id' }), again: splitBy({ id: 'id', ...second }) },
      chain('read', 'split', 'again'),
    );

  test('the second may divide the training rows: test rows stay what they are', async () => {
    const run = await twice({ target: 'price', testFraction: 0, validationFraction: 0.25 });
    expect(run.problems).toEqual([]);
    const [before, after] = [await marksOf(run), await marksOf(run, 'again')];
    const sides = [...after].map(([id, mark]) => `${String(before.get(id))} → ${String(mark)}`);
    const counts = Object.fromEntries([...new Set(sides)].sort().map((s) => [s, sides.filter((x) => x === s).length]));
    expect(counts).toEqual({ 'test → test': 80, 'train → train': 240, 'train → validation': 80 });
  });

  test('anything else is refused with one click to mend it', async () => {
    for (const [params, param] of [
      [{ testFraction: 0.2, validationFraction: 0.2 }, 'testFraction'],
      [{ testFraction: 0, validationFraction: 0 }, 'validationFraction'],
      [{ method: 'folds', testFraction: 0 }, 'method'],
    ] as const)
      expect((await twice({ target: 'price', ...params })).problems).toContainEqual(
        expect.objectContaining({
          code: 'split.twice',
          node: 'again',
          param,
          fixes: [expect.objectContaining({ do: 'set' })],
        }),
      );
  });
});

describe('cross-validation', () => {
  const crossed = (
    split: Readonly<Record<string, unknown>>,
    predict: Readonly<Record<string, unknown>> = {},
  ): Promise<FinishedRun> =>
    workshop.run(
      {
        read,
        split: splitBy({ target: 'price', id: 'id', method: 'folds', folds: 4, testFraction: 0.2, ...split }),
        train: { kind: 'train.baseline', params: numbersOnly },
        judge: { kind: 'evaluate.model' },
        predict: { kind: 'predict.rows', params: predict },
        new: read,
        final: { kind: 'predict.rows' },
        mean: {
          kind: 'combine.sql',
          params: { query: 'SELECT CAST(count(*) AS BIGINT) AS n, avg(prediction) AS mean FROM rows' },
        },
        keep: { kind: 'write.table', params: { file: 'kept.csv', overwrite: true } },
      },
      [
        ...chain('read', 'split', 'train'),
        'split.rows -> judge.rows',
        'train.model -> judge.model',
        'split.rows -> predict.rows',
        'train.model -> predict.model',
        'new.rows -> final.rows',
        'train.model -> final.model',
        'final.rows -> mean.rows',
        'predict.rows -> keep.rows',
      ],
    );
  const priceOf = new Map(sales.map((s) => [s.id, s.price]));
  const meanOf = (ids: readonly unknown[]): number =>
    ids.reduce<number>((sum, id) => sum + (priceOf.get(String(id)) ?? Number.NaN), 0) / ids.length;

  let run: FinishedRun;
  beforeAll(async () => void (run = await crossed({})));

  test('out-of-fold rows: every row once, answered by the model that did not see it', async () => {
    expect(run.problems).toEqual([]);
    const marks = await marksOf(run);
    const rows = await run.rows('predict', 'id');
    expect(rows.map((row) => row['id'])).toEqual(sales.map((s) => s.id));
    const idsOf = (has: (mark: unknown) => boolean): unknown[] =>
      [...marks].filter(([, m]) => has(m)).map(([id]) => id);
    for (const row of rows) {
      const mark = marks.get(row['id']);
      const learnt = idsOf((m) => m !== mark && m !== 'test');
      expect(row['prediction']).toBeCloseTo(meanOf(learnt), 9);
      // Folds are training rows to what follows, and the rows kept aside stay aside.
      expect(row['__partition']).toBe(mark === 'test' ? 'test' : 'train');
    }
    expect(new Set(rows.map((row) => row['prediction'])).size).toBe(5);
    expect((await readFile(join(workshop.folder, 'kept.csv'), 'utf8')).trimEnd().split('\n')).toHaveLength(401);
  });

  test('mean, deviation and each fold, and one model refit on all rows that are not test', async () => {
    const marks = await marksOf(run);
    const judged = run.metrics['judge'] ?? {};
    const folds = run.events.flatMap((e) =>
      e.type === 'metric' &&
      e.node === 'judge' &&
      e.name === 'root_mean_squared_error' &&
      String(e.variant?.['fold']).startsWith('fold')
        ? [e.value ?? Number.NaN]
        : [],
    );
    expect(folds).toHaveLength(4);
    const mean = folds.reduce((a, b) => a + b, 0) / 4;
    expect(judged['root_mean_squared_error']).toBeCloseTo(mean, 9);
    expect(judged['root_mean_squared_error_sd']).toBeCloseTo(
      Math.sqrt(folds.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 3),
      9,
    );
    expect(judged).toHaveProperty('test_root_mean_squared_error');
    const whole = [...marks].filter(([, m]) => m !== 'test').map(([id]) => id);
    const final = await run.rows('final', 'id');
    expect(final).toHaveLength(400);
    expect(final[0]?.['prediction']).toBeCloseTo(meanOf(whole), 9);
  });

  test('the model of all rows answers instead, where that is asked for', async () => {
    expect((await crossed({}, { folds: 'all' })).problems).toEqual([]);
    const lines = (await readFile(join(workshop.folder, 'kept.csv'), 'utf8')).trimEnd().split('\n').slice(1);
    expect([lines.length, new Set(lines.map((line) => line.split(',').at(-1))).size]).toEqual([400, 1]);
  });

  test('along time a fold learns from the past alone, and the first part is not predicted', async () => {
    const timed = await crossed({ foldBy: 'time', time: 'day' });
    expect(timed.problems).toEqual([]);
    const marks = await marksOf(timed);
    const rows = await timed.rows('predict', 'id');
    const first = [...marks.values()].filter((m) => m === 'fold 1').length;
    expect(rows).toHaveLength(400 - first);
    const numberOf = (m: unknown): number => Number(String(m).split(' ')[1]);
    for (const row of rows) {
      const mark = marks.get(row['id']);
      const earlier = [...marks].filter(([, m]) => (mark === 'test' ? m !== 'test' : numberOf(m) < numberOf(mark)));
      expect(row['prediction']).toBeCloseTo(meanOf(earlier.map(([id]) => id)), 9);
    }
  });
});
