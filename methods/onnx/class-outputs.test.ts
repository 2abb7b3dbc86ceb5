import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { randomRows, randomTrees, scoresByWalking } from '../../test/support/random-trees.ts';
import { dataOf, doubleColumn, expectNear, numbersOf, runGraph, textColumn } from '../../test/support/run-graph.ts';
import { predictLinear, predictProbabilities } from '../linear/predict-linear.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { linearScores } from '../estimators/linear/linear-scores.ts';
import { treeScores } from '../estimators/trees/tree-scores.ts';
import { classLabels, classProbabilities } from './class-outputs.ts';
import { graphBuilder } from './graph-builder.ts';
import { castTo, concatColumns, fillMissingNumber, isMissingNumber, oneHotText, scaleNumber } from './prepare.ts';

describe('tree ensembles give what walking the trees gives', () => {
  const columns = 5;
  const rows = 400;
  test.each([
    ['logistic', 1, 60],
    ['logistic', 1, 1],
    ['logistic', 1, 0],
    ['softmax', 3, 45],
    ['softmax', 4, 0],
    ['squared-error', 1, 80],
  ] as const)('%s, %i outputs, %i trees', async (objective, outputs, count) => {
    for (const seed of [1, 2, 3]) {
      const ensemble = randomTrees(objective, outputs, count, columns, seed);
      const values = randomRows(rows, columns, seed);
      const g = graphBuilder();
      const scores = treeScores(g, g.input('x', 'float', ['rows', columns]), ensemble);
      g.output('scores', scores, 'double', ['rows', outputs]);
      if (objective !== 'squared-error')
        g.output('probabilities', classProbabilities(g, scores, outputs), 'double', ['rows', Math.max(outputs, 2)]);
      const got = await runGraph(g, { x: new ort.Tensor('float32', values, [rows, columns]) });
      const wanted = scoresByWalking(ensemble, values, columns);
      expectNear(numbersOf(got, 'scores'), wanted, 1e-6);
      if (objective === 'squared-error') continue;
      // The link functions are those of the linear models: identity coefficients pass the scores through.
      const identity = Float64Array.from({ length: outputs * outputs }, (_, i) => (i % (outputs + 1) === 0 ? 1 : 0));
      const model = {
        task: 'classification',
        classCount: Math.max(2, outputs),
        columns: [],
        coefficients: identity,
        intercepts: new Float64Array(outputs),
      } as const;
      expectNear(numbersOf(got, 'probabilities'), predictProbabilities(model, wanted, rows), 1e-6);
    }
  });

  test('one row alone gives the bytes of the batch', async () => {
    const ensemble = randomTrees('logistic', 1, 100, columns, 9);
    const values = randomRows(50, columns, 9);
    const g = graphBuilder();
    g.output('scores', treeScores(g, g.input('x', 'float', ['rows', columns]), ensemble), 'double');
    const all = numbersOf(await runGraph(g, { x: new ort.Tensor('float32', values, [50, columns]) }), 'scores');
    const alone = numbersOf(
      await runGraph(g, { x: new ort.Tensor('float32', values.slice(7 * columns, 8 * columns), [1, columns]) }),
      'scores',
    );
    expect(alone).toEqual([all[7]]);
  });
});

describe('linear models and labels', () => {
  const columns = 4;
  const rows = 50;
  const random = randomGenerator(5);
  const features = Float64Array.from({ length: rows * columns }, () => random.nextNormal() * 3);
  const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.nextNormal());
  const x = new ort.Tensor('float64', features, [rows, columns]);

  test('regression', async () => {
    const model = { task: 'regression', columns: [], coefficients: draw(columns), intercept: 1e6 } as const;
    const g = graphBuilder();
    g.output(
      'y',
      linearScores(g, g.input('x', 'double', ['rows', columns]), model.coefficients, Float64Array.of(model.intercept)),
      'double',
    );
    expectNear(numbersOf(await runGraph(g, { x }), 'y'), predictLinear(model, features, rows), 1e-14);
  });

  test.each([
    [2, ['no', 'yes']],
    [3, [10, 20, 30]],
    [3, [0.5, 1, 1.5]],
    [2, [false, true]],
  ] as const)('%i classes labelled %j', async (classCount, labels) => {
    const outputs = classCount === 2 ? 1 : classCount;
    const model = {
      task: 'classification',
      classCount,
      columns: [],
      coefficients: draw(columns * outputs),
      intercepts: draw(outputs),
    } as const;
    const g = graphBuilder();
    const probabilities = classProbabilities(
      g,
      linearScores(g, g.input('x', 'double', ['rows', columns]), model.coefficients, model.intercepts),
      outputs,
    );
    const label = classLabels(g, probabilities, labels);
    g.output('label', label.value, label.type);
    g.output('probabilities', probabilities, 'double', ['rows', classCount]);
    const got = await runGraph(g, { x });
    const wanted = predictProbabilities(model, features, rows);
    expectNear(numbersOf(got, 'probabilities'), wanted, 1e-14);
    const best = Array.from(
      { length: rows },
      (_, row) =>
        labels[
          Array.from(wanted.slice(row * classCount, (row + 1) * classCount)).reduce(
            (top, p, k, all) => (p > (all[top] ?? 0) ? k : top),
            0,
          )
        ],
    );
    expect(
      dataOf(got, 'label').map((value) =>
        typeof value === 'bigint' ? Number(value) : label.type === 'bool' ? value === 1 || value === true : value,
      ),
    ).toEqual(best);
  });

  test('labels of mixed types are refused', () => {
    const g = graphBuilder();
    expect(() => classLabels(g, g.input('p', 'double', ['rows', 2]), ['no', 1])).toThrow('more than one type');
  });
});

test('a whole pipeline: fill, scale, encode, cast once, trees, label', async () => {
  const ensemble = randomTrees('logistic', 1, 40, 4, 21);
  const cities = ['Köln', '東京'];
  const g = graphBuilder('whole');
  const age = scaleNumber(g, fillMissingNumber(g, g.input('age', 'double'), 41.5), 40, 7);
  const missing = castTo(g, isMissingNumber(g, 'age'), 'double');
  const city = oneHotText(g, g.input('city', 'string'), cities);
  const scores = treeScores(g, castTo(g, concatColumns(g, [age, missing, city]), 'float'), ensemble);
  const probabilities = classProbabilities(g, scores, 1);
  const label = classLabels(g, probabilities, ['stays', 'leaves']);
  g.output('label', label.value, label.type);
  g.output('probabilities', probabilities, 'double', ['rows', 2]);

  const random = randomGenerator(8);
  const rows = 1000;
  const ages = Array.from({ length: rows }, () => (random.nextBelow(6) === 0 ? NaN : 40 + 9 * random.nextNormal()));
  const names = Array.from({ length: rows }, () => ['Köln', '東京', 'Oslo', ''][random.nextBelow(4)] ?? '');
  const got = await runGraph(g, { age: doubleColumn(ages), city: textColumn(names) });
  const features = Float32Array.from(
    ages.flatMap((value, i) => [
      ((Number.isNaN(value) ? 41.5 : value) - 40) / 7,
      Number.isNaN(value) ? 1 : 0,
      ...cities.map((name) => (names[i] === name ? 1 : 0)),
    ]),
  );
  const wanted = Array.from(scoresByWalking(ensemble, features, 4), (score) => 1 / (1 + Math.exp(-score)));
  expectNear(
    numbersOf(got, 'probabilities').filter((_, i) => i % 2 === 1),
    wanted,
    1e-6,
  );
  expect(dataOf(got, 'label')).toEqual(wanted.map((p) => (p > 0.5 ? 'leaves' : 'stays')));
});
