import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelInput, Scored } from '../../../shared/capabilities.ts';
import { report } from '../../../shared/report.ts';
import { openBench, type BenchTable, type NodeBench } from '../../../test/support/node-bench.ts';
import { modelLike, tryTask } from '../../../test/support/try-task.ts';
import classification from '../classification/run.ts';
import { spec as classificationSpec } from '../classification/spec.ts';
import regression from '../regression/run.ts';
import { spec as regressionSpec } from '../regression/spec.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

const asked: string[] = [];
const classes = (more: Partial<Scored> = {}): ModelInput =>
  modelLike({
    score: async (_table, { partition }) => {
      asked.push(partition);
      return {
        rows: 4,
        withoutTarget: 0,
        measuredOn: partition,
        task: 'classification',
        classes: ['no', 'yes'],
        unseen: [],
        target: Float64Array.of(0, 0, 1, 1),
        prediction: Float64Array.of(0, 1, 1, 1),
        probabilities: Float64Array.of(0.9, 0.1, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8),
        ...more,
      };
    },
  });
const numbers = modelLike({
  task: 'regression',
  classes: [],
  score: async (_table, { partition }) => ({
    rows: 3,
    withoutTarget: 1,
    measuredOn: partition,
    task: 'regression',
    classes: [],
    unseen: [],
    target: Float64Array.of(1, 2, 3),
    prediction: Float64Array.of(1, 2, 4),
    probabilities: new Float64Array(0),
  }),
});
const rowsOf = (partitions: readonly string[]): Promise<BenchTable> =>
  bench.table(
    't',
    `SELECT i - 1 AS "__row", p AS "__partition", 1 AS x FROM (SELECT unnest([${partitions.map((p) => `'${p}'`).join(', ')}]) AS p, generate_subscripts([${partitions.map(() => '0').join(', ')}], 1) AS i)`,
  );

describe('evaluation', () => {
  it('gives the figures of classes under the names of scikit-learn', async () => {
    const made = await tryTask(
      spec,
      run,
      {},
      { tables: { rows: await rowsOf(['train', 'test']) }, models: { model: classes() } },
    );
    expect(made.metrics).toMatchObject({
      accuracy: 0.75,
      precision: expect.closeTo(2 / 3, 12),
      recall: 1,
      f1: expect.closeTo(0.8, 12),
      roc_auc: 1,
      average_precision: 1,
    });
    expect(report.parse(made.reports['report']).blocks.map((b) => b.type)).toContain('matrix');
  });

  it('gives the figures of numbers, and says how many rows had no target', async () => {
    const made = await tryTask(
      regressionSpec,
      regression,
      {},
      { tables: { rows: await rowsOf(['test']) }, models: { model: numbers } },
    );
    expect(made.metrics).toMatchObject({
      r2: 0.5,
      mean_absolute_error: expect.closeTo(1 / 3, 12),
      max_error: 1,
      median_absolute_error: 0,
    });
    expect(made.logs).toContain('1 rows without a target were left out.');
  });

  it.each([
    [['train', 'validation', 'test'], 'test'],
    [['train', 'validation'], 'validation'],
    [['train'], 'train'],
  ])('of rows %j it measures the %s rows by itself', async (partitions, expected) => {
    asked.length = 0;
    const made = await tryTask(
      spec,
      run,
      {},
      { tables: { rows: await rowsOf(partitions) }, models: { model: classes() } },
    );
    expect(asked).toEqual([expected]);
    expect(made.findings.map((f) => f.code)).toEqual(expected === 'train' ? ['evaluate.training-rows'] : []);
  });

  it('a class that training never saw is a row of the matrix, and wrong', async () => {
    const model = classes({ target: Float64Array.of(0, 0, 1, 2), unseen: ['maybe'] });
    const made = await tryTask(
      classificationSpec,
      classification,
      {},
      { tables: { rows: await rowsOf(['test']) }, models: { model } },
    );
    expect(made.metrics['accuracy']).toBe(0.5);
    const matrix = report.parse(made.reports['report']).blocks.find((b) => b.type === 'matrix');
    expect(matrix?.type === 'matrix' ? matrix.labels : []).toContainEqual(expect.stringContaining('maybe'));
  });

  it('the special nodes refuse the other kind of model in words', async () => {
    const rows = await rowsOf(['test']);
    await expect(
      tryTask(regressionSpec, regression, {}, { tables: { rows }, models: { model: classes() } }),
    ).rejects.toMatchObject({ code: 'evaluate.other-task' });
    await expect(
      tryTask(classificationSpec, classification, {}, { tables: { rows }, models: { model: numbers } }),
    ).rejects.toMatchObject({ code: 'evaluate.other-task' });
  });
});
