/** What the trainers share: one definition of target, task and features, and refusals in words. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyRun } from '../../shared/capabilities.ts';
import type { NodeSpec } from '../../shared/spec/define-spec.ts';
import { audioType } from '../../shared/media/audio.ts';
import { imageType } from '../../shared/media/image.ts';
import { report } from '../../shared/report.ts';
import type { Role } from '../../shared/wires.ts';
import { decodeEstimator, predictEstimator } from '../../methods/estimator/estimator.ts';
import { openBench, type NodeBench } from '../../test/support/node-bench.ts';
import { checkParams } from '../../test/support/run-sql.ts';
import { treeKernels } from '../../test/support/tree-kernels.ts';
import { tryTask, type TaskTrial } from '../../test/support/try-task.ts';
import baseline from './baseline/run.ts';
import { spec as baselineSpec } from './baseline/spec.ts';
import boosting from './gradient-boosting/run.ts';
import { spec as boostingSpec } from './gradient-boosting/spec.ts';
import linear from './linear-regression/run.ts';
import { spec as linearSpec } from './linear-regression/spec.ts';
import logistic from './logistic-regression/run.ts';
import { spec as logisticSpec } from './logistic-regression/spec.ts';

let bench: NodeBench;
let wasm: Uint8Array;
beforeAll(async () => {
  bench = await openBench();
  wasm = await treeKernels();
});
afterAll(() => bench.close());

const trainers: Record<string, { spec: NodeSpec; run: AnyRun }> = {
  baseline: { spec: baselineSpec, run: baseline },
  boosting: { spec: boostingSpec, run: boosting },
  linear: { spec: linearSpec, run: linear },
  logistic: { spec: logisticSpec, run: logistic },
};
let tables = 0;
async function train(
  trainer: string,
  select: string,
  params: Record<string, unknown> = {},
  roles: Readonly<Record<string, Role>> = { y: 'target' },
): Promise<TaskTrial> {
  const { spec, run } = trainers[trainer] ?? { spec: baselineSpec, run: baseline };
  const rows = await bench.table(`t${++tables}`, select, roles);
  return tryTask(spec, run, params, { tables: { rows }, wasm });
}

/** 400 training rows and 100 test rows in which y follows from a and b. */
const marked = `SELECT i AS "__row", CASE WHEN i % 5 = 4 THEN 'test' ELSE 'train' END AS "__partition",
  (hash(i) % 1000) / 100.0 AS a, (hash(i + 7) % 1000) / 100.0 AS b, 'row ' || i AS name FROM range(500) AS r(i)`;
const twoClasses = `SELECT *, CASE WHEN a + b > 10 THEN 'yes' ELSE 'no' END AS y FROM (${marked})`;
const number = `SELECT *, 3 * a - 2 * b + 5 AS y FROM (${marked})`;

describe('what is learnt', () => {
  it('least squares finds the formula, and says what it read', async () => {
    const { models, findings, reports } = await train('linear', number);
    const model = models['model'];
    expect(model).toMatchObject({
      kind: 'train.linear-regression',
      task: 'regression',
      features: ['a', 'b'],
      target: { name: 'y', role: 'target' },
    });
    expect(model?.facts).toMatchObject({
      rows: 400,
      rows_without_target: 0,
      coefficients: { a: expect.closeTo(3, 9), b: expect.closeTo(-2, 9) },
      intercept: expect.closeTo(5, 8),
    });
    expect(findings).toMatchObject([
      { code: 'train.text-left-out', fixes: [{ kind: 'prepare.encode', side: 'before' }] },
    ]);
    expect(report.safeParse(reports['report']).success).toBe(true);
  });

  it('objects, lists and bytes of a nested file are named as left out, vectors, images and sounds are not', () => {
    const types = {
      a: 'DOUBLE',
      geo: 'STRUCT(lat DOUBLE)',
      tags: 'VARCHAR[]',
      raw: 'BLOB',
      vector: 'FLOAT[2]',
      list: 'DOUBLE[]',
      image: imageType,
      sound: audioType,
      y: 'DOUBLE',
    };
    const columns = Object.entries(types).map(([name, type]) => ({ name, type }));
    const found = checkParams(linearSpec, { target: 'y' }, { rows: { columns, split: false } });
    expect(found.map((f) => [f.code, f.facts])).toEqual([
      ['train.nested-left-out', { columns: ['geo', 'tags', 'raw'] }],
    ]);
    expect(
      checkParams(
        linearSpec,
        { target: 'y', columns: { by: 'names', names: ['a'] } },
        { rows: { columns, split: false } },
      ),
    ).toEqual([]);
  });

  it.each(['logistic', 'boosting'])('%s tells two classes apart, the later one second', async (trainer) => {
    const { models } = await train(trainer, twoClasses);
    const model = models['model'];
    expect(model).toMatchObject({ task: 'classification', classes: ['no', 'yes'], features: ['a', 'b'] });
    const { prediction, probabilities } = predictEstimator(
      decodeEstimator(model?.estimator),
      'classification',
      Float64Array.of(9, 9, 1, 1),
      2,
    );
    expect([...prediction]).toEqual([1, 0]);
    expect((probabilities[0] ?? 1) + (probabilities[1] ?? 1)).toBeCloseTo(1, 12);
    expect(probabilities[1]).toBeGreaterThan(0.9);
  });

  it('the baseline answers with the shares of the classes, the mean, or the median', async () => {
    const shares = await train('baseline', `SELECT unnest(['a', 'a', 'b', 'a']) AS y`);
    expect(shares.models['model']).toMatchObject({
      features: [],
      classes: ['a', 'b'],
      facts: { shares: { a: 0.75, b: 0.25 } },
    });
    const skewed = `SELECT unnest([0.5, 1.5, 10.0]) AS y`;
    expect((await train('baseline', skewed)).models['model']?.facts).toMatchObject({ constant: 4 });
    expect((await train('baseline', skewed, { constant: 'median' })).models['model']?.facts).toMatchObject({
      constant: 1.5,
    });
    expect((await train('baseline', number, { strategy: 'linear' })).models['model']?.facts).toMatchObject({
      coefficients: { a: expect.closeTo(3, 9) },
    });
  });

  it('boosting reads missing values, tells the loss tree by tree, and is the same each time', async () => {
    const gaps = `SELECT * REPLACE (CASE WHEN i % 7 = 0 THEN NULL ELSE a END AS a) FROM (SELECT *, "__row" AS i, CASE WHEN a + b > 10 THEN 1 ELSE 0 END AS y FROM (${marked}))`;
    const [one, two] = [await train('boosting', gaps, { trees: 20 }), await train('boosting', gaps, { trees: 20 })];
    expect(one.models['model']?.estimator).toEqual(two.models['model']?.estimator);
    expect(one.models['model']?.facts).toMatchObject({ rounds: 20, stopped: 'all trees were grown', watched: 'none' });
    expect(one.metrics['training_loss']).toBeLessThan(0.3);
  });

  it('boosting divides a table of 24 rows too, where 20 in a leaf would leave one answer for all', async () => {
    const few = `SELECT i AS a, CASE WHEN i < 12 THEN 1.0 ELSE 3.0 END AS y FROM range(24) AS r(i)`;
    const free = await train('boosting', few);
    expect(free.metrics['training_loss']).toBeLessThan(0.01);
    expect(free.findings).toEqual([]);
    expect((await train('boosting', few, { minRowsInLeaf: 20 })).findings).toMatchObject([
      { code: 'train.no-splits', param: 'minRowsInLeaf' },
    ]);
  });

  it('boosting stops early on a tenth of the training rows, or on the validation rows of Split', async () => {
    const tenth = await train('boosting', number, {
      earlyStopping: 'always',
      trees: 2000,
      learningRate: 0.5,
      patience: 3,
    });
    expect(tenth.models['model']?.facts).toMatchObject({
      watched: 'a tenth of the training rows',
      stopped: 'the validation rows gained nothing more',
    });
    // The tenth finds the number of trees and costs no rows: the model is that of all rows with as many trees.
    const rounds = Number(tenth.models['model']?.facts['rounds']);
    expect(rounds).toBeLessThan(2000);
    const whole = await train('boosting', number, { earlyStopping: 'never', trees: rounds, learningRate: 0.5 });
    expect(tenth.models['model']?.estimator).toEqual(whole.models['model']?.estimator);
    const given = `SELECT * REPLACE (CASE WHEN "__partition" = 'test' THEN 'validation' ELSE "__partition" END AS "__partition") FROM (${number})`;
    expect((await train('boosting', given, { trees: 50 })).models['model']?.facts).toMatchObject({
      watched: 'the validation rows of Split',
    });
  });
});

describe('the task', () => {
  it.each([
    ['texts', `SELECT unnest(['x', 'y']) AS y, 1 AS a`, 'classification'],
    ['yes and no', `SELECT unnest([true, false]) AS y, 1 AS a`, 'classification'],
    ['0 and 1', `SELECT i % 2 AS y, i AS a FROM range(10) AS r(i)`, 'classification'],
    ['five whole numbers in a hundred rows', `SELECT i % 5 AS y, i AS a FROM range(100) AS r(i)`, 'classification'],
    ['five whole numbers in twenty rows', `SELECT i % 5 AS y, i AS a FROM range(20) AS r(i)`, 'regression'],
    ['decimals', `SELECT i / 3.0 AS y, i AS a FROM range(100) AS r(i)`, 'regression'],
  ])('%s', async (_name, select, task) => {
    const { models, logs } = await train('baseline', select);
    expect(models['model']?.task).toBe(task);
    expect(logs[0]?.toLowerCase()).toContain(task);
  });

  it('whole numbers beyond 2^53 keep their digits as classes', async () => {
    const { models } = await train(
      'baseline',
      `SELECT unnest([9007199254740993::BIGINT, 9007199254740995, 9007199254740993]) AS y`,
    );
    expect(models['model']?.classes).toEqual(['9007199254740993', '9007199254740995']);
  });
});

describe('rows and columns', () => {
  it('rows without a target are left out and counted', async () => {
    const { models, logs } = await train(
      'linear',
      `SELECT * REPLACE (CASE WHEN "__row" % 4 = 0 THEN NULL ELSE y END AS y) FROM (${number})`,
    );
    expect(models['model']?.facts).toMatchObject({ rows: 300, rows_without_target: 100 });
    expect(logs.join(' ')).toContain('100 of 400 training rows have no target');
  });

  it('a weight of 0 is as if the row were not there', async () => {
    const weighted = `SELECT *, CASE WHEN a < 5 THEN 0 ELSE 1 END AS w, CASE WHEN a < 5 THEN 1000 ELSE 3 * a - 2 * b + 5 END AS y FROM (${marked})`;
    const { models } = await train('linear', weighted, {}, { y: 'target', w: 'weight' });
    expect(models['model']).toMatchObject({
      features: ['a', 'b'],
      facts: { weight: 'w', coefficients: { a: expect.closeTo(3, 8), b: expect.closeTo(-2, 8) } },
    });
  });

  it.each<[string, string, string, { code: string; [key: string]: unknown }]>([
    ['no training rows', 'linear', `SELECT * FROM (${number}) WHERE "__partition" = 'test'`, { code: 'train.no-rows' }],
    ['no target anywhere', 'boosting', `SELECT NULL::DOUBLE AS y, 1 AS a`, { code: 'train.no-targets', column: 'y' }],
    [
      'one class',
      'logistic',
      `SELECT 'yes' AS y, i AS a FROM range(9) AS r(i)`,
      { code: 'train.one-class', column: 'y' },
    ],
    [
      'a text for each row',
      'boosting',
      `SELECT 'n' || i AS y, i AS a FROM range(99) AS r(i)`,
      { code: 'train.too-many-classes', column: 'y' },
    ],
    [
      'a date as target',
      'baseline',
      `SELECT DATE '2026-01-01' AS y, 1 AS a`,
      { code: 'train.target-type', column: 'y' },
    ],
    [
      'an infinite target',
      'linear',
      `SELECT unnest([1, 'inf'::DOUBLE]) AS y, 1 AS a`,
      { code: 'train.infinite', column: 'y' },
    ],
    [
      'an infinite feature',
      'boosting',
      `SELECT i % 2 = 0 AS y, CASE i WHEN 3 THEN 'inf'::DOUBLE ELSE i END AS "the price" FROM range(9) AS r(i)`,
      { code: 'train.infinite', column: 'the price' },
    ],
    [
      'only texts',
      'boosting',
      `SELECT i % 2 AS y, 'x' AS s FROM range(9) AS r(i)`,
      { code: 'train.no-features', param: 'columns' },
    ],
    [
      'nothing but gaps',
      'boosting',
      `SELECT i % 2 AS y, NULL::DOUBLE AS a FROM range(9) AS r(i)`,
      { code: 'train.empty-features' },
    ],
    [
      'gaps for a linear model',
      'logistic',
      `SELECT i % 2 AS y, CASE i WHEN 3 THEN NULL ELSE i END AS a FROM range(9) AS r(i)`,
      { code: 'train.missing-values', column: 'a', fixes: [{ kind: 'prepare.impute', side: 'before', node: 'it' }] },
    ],
    [
      'NaN is a gap too',
      'linear',
      `SELECT i / 3.0 AS y, CASE i WHEN 3 THEN 'NaN'::DOUBLE ELSE i END AS a FROM range(9) AS r(i)`,
      { code: 'train.missing-values', column: 'a' },
    ],
  ])('%s is refused in words', async (_name, trainer, select, problem) => {
    await expect(train(trainer, select)).rejects.toMatchObject({
      problem: { ...problem, message: expect.stringMatching(/^["A-Z].*\.$/), mend: expect.stringMatching(/\.$/) },
    });
  });

  it.each([
    ['missing', 'NULL'],
    ['negative', '-1'],
  ])('a %s weight is refused', async (what, value) => {
    const select = `SELECT i AS a, i / 2.5 AS y, CASE i WHEN 4 THEN ${value} ELSE 1 END AS w FROM range(9) AS r(i)`;
    await expect(train('linear', select, {}, { y: 'target', w: 'weight' })).rejects.toMatchObject({
      code: 'train.bad-weight',
      problem: { column: 'w', message: expect.stringContaining(what) },
    });
  });

  it('a number that never varies is learnt with a warning', async () => {
    const { findings } = await train('linear', `SELECT 121.52 AS y, i AS a FROM range(9) AS r(i)`);
    expect(findings.map((f) => f.code)).toContain('train.constant-target');
  });

  it('another target than the one of Split is refused, before the run and in it', async () => {
    await expect(train('linear', number, { target: 'a' })).rejects.toMatchObject({ code: 'train.other-target' });
    const columns = [
      { name: 'a', type: 'DOUBLE' },
      { name: 'b', type: 'DOUBLE' },
      { name: 'y', type: 'DOUBLE', role: 'target' as const },
    ];
    const found = linearSpec.check?.({
      node: 'it',
      params: linearSpec.params.parse({ target: 'a' }),
      inputs: { rows: { columns, split: true } },
      wired: new Set(['rows']),
    });
    expect(found).toMatchObject([{ code: 'train.other-target', fixes: [{ do: 'set', param: 'target', value: '' }] }]);
  });
});
