/** Trials of a sweep stand in one plan: they share what is equal, run side by side, and each is what a run with its values alone would be. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../support/workshop.ts';
import { makeSales, readSales, salesCsv } from './semantics/shops.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('sales.csv', salesCsv(makeSales(300, 7)));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const nodes = (split: Record<string, unknown>, train: Record<string, unknown>): Record<string, SketchedNode> => ({
  read: readSales('sales.csv'),
  split: { kind: 'split.rows', params: { target: 'price', id: 'id', seed: 3, ...split } },
  fill: { kind: 'prepare.impute' },
  train: { kind: 'train.linear-regression', params: train },
  judge: { kind: 'evaluate.regression' },
});
const wires = [
  'read.rows -> split.rows',
  'split.rows -> fill.rows',
  'fill.rows -> train.rows',
  'fill.rows -> judge.rows',
  'train.model -> judge.model',
];
const sweepOf = (place: string, values: readonly unknown[]) => {
  const [node = '', param = ''] = place.split('.');
  return [{ node, param, values }];
};
const endOf = ({ events }: FinishedRun): Extract<RunEvent, { type: 'run-finished' }> => {
  const last = events.at(-1);
  if (last?.type !== 'run-finished') throw new Error('the run has no end');
  return last;
};
/** Node and trial of each fact of these types, in no order. */
const reportedOf = ({ events }: FinishedRun, types: readonly RunEvent['type'][]): string[] =>
  events
    .flatMap((e) => (types.includes(e.type) && 'node' in e ? [`${e.node} ${JSON.stringify(e.trial ?? null)}`] : []))
    .toSorted();

test('trials of a trainer measure what runs with one value measure, and what stands before it is computed once', async () => {
  const values = [0, 1, 100];
  const alone: FinishedRun['metrics'][] = [];
  for (const alpha of values) {
    await using own = await Workshop.open();
    await own.write('sales.csv', salesCsv(makeSales(300, 7)));
    alone.push((await own.run(nodes({}, { alpha }), wires)).metrics);
  }
  const run = await workshop.run(nodes({}, {}), wires, undefined, 4, {
    sweep: sweepOf('train.alpha', values),
    memoryBytes: 2 ** 32,
  });
  expect(run.problems).toEqual([]);
  expect(endOf(run).trials).toEqual(
    values.map((alpha, i) => ({ variant: { 'train.alpha': alpha }, metrics: alone[i] ?? 'none' })),
  );
  expect(Object.keys(run.metrics)).toEqual(
    values.flatMap((alpha) => ['train', 'judge'].filter((n) => alone[0]?.[n]).map((n) => `${n}[train.alpha=${alpha}]`)),
  );
  const each = (node: string): string[] => values.map((alpha) => `${node} {"train.alpha":${alpha}}`);
  expect(reportedOf(run, ['node-finished'])).toEqual(
    ['fill null', 'read null', 'split null', ...each('judge'), ...each('train')].toSorted(),
  );
  const planned = run.events.flatMap((e) => (e.type === 'run-planned' ? [e] : []));
  expect(planned).toMatchObject([{ compute: ['fill', 'judge', 'read', 'split', 'train'], cached: [], skipped: [] }]);
});

test('a sweep of the folds gives each trial its own', async () => {
  const run = await workshop.run(nodes({ method: 'folds' }, {}), wires, undefined, 2, {
    sweep: sweepOf('split.folds', [2, 3]),
    memoryBytes: 2 ** 32,
  });
  expect(run.problems).toEqual([]);
  const folds = run.events.flatMap((e) =>
    e.type === 'node-finished' &&
    e.node === 'judge' &&
    e.variant?.['fold'] !== undefined &&
    e.variant['fold'] !== 'refit'
      ? [`${JSON.stringify(e.trial)} ${String(e.variant['fold'])}`]
      : [],
  );
  expect(folds.toSorted()).toEqual(
    [2, 3].flatMap((count) => Array.from({ length: count }, (_, i) => `{"split.folds":${count}} fold ${i + 1}`)),
  );
  expect(
    endOf(run).trials?.map(({ metrics }) => Object.keys(metrics['judge'] ?? {}).some((name) => name.endsWith('_sd'))),
  ).toEqual([true, true]);
});

test('a trial that fails is told with its values, and does not end the others', async () => {
  const run = await workshop.run(nodes({}, {}), wires, undefined, 2, {
    sweep: sweepOf('train.alpha', [-1, 2, 3]),
    memoryBytes: 2 ** 32,
  });
  expect(run.status).toBe('failed');
  expect(reportedOf(run, ['node-failed'])).toEqual(['train {"train.alpha":-1}']);
  expect(run.problems).toMatchObject([{ node: 'train' }]);
  expect(endOf(run).trials?.map(({ metrics }) => Object.keys(metrics['judge'] ?? {}).length > 0)).toEqual([
    false,
    true,
    true,
  ]);
});

test('trials that write the same file write it in their order', async () => {
  const order: unknown[] = [];
  const run = await workshop.run(
    {
      read: readSales('sales.csv'),
      part: { kind: 'combine.sample', params: { amount: 'rows', rows: 5 } },
      file: { kind: 'write.table', params: { file: 'part.csv', overwrite: true } },
    },
    ['read.rows -> part.rows', 'part.rows -> file.rows'],
    (e) => void (e.type === 'node-finished' && e.node === 'file' && order.push(e.trial)),
    4,
    { sweep: sweepOf('part.rows', [40, 3, 7]), memoryBytes: 2 ** 32 },
  );
  expect(run.problems).toEqual([]);
  expect(order).toEqual([{ 'part.rows': 40 }, { 'part.rows': 3 }, { 'part.rows': 7 }]);
});
