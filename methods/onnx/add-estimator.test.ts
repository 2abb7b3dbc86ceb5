import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { randomRows, randomTrees } from '../../test/support/random-trees.ts';
import { dataOf, expectNear, numbersOf, runGraph } from '../../test/support/run-graph.ts';
import { type PlainEstimator, predictEstimator } from '../estimator/estimator.ts';
import type { Tree } from '../trees/ensemble.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { addEstimator } from './add-estimator.ts';
import { graphBuilder } from './graph-builder.ts';

const columns = 4;
const rows = 300;
const random = randomGenerator(2);
const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.nextNormal());

function boosted(objective: 'logistic' | 'softmax' | 'squared-error', outputs: number): PlainEstimator {
  const ensemble = randomTrees(objective, outputs, 30 * outputs, columns, outputs);
  const trees = ensemble.trees.map((tree): Tree => {
    const size = tree.feature.length;
    return { ...tree, gain: new Float32Array(size), cover: new Float32Array(size) };
  });
  return { form: 'trees', ensemble: { ...ensemble, columns, trees } };
}
function largeTrees(size: number): { estimator: PlainEstimator; values: Float64Array } {
  const estimator = boosted('squared-error', 1);
  if (estimator.form !== 'trees') throw new Error('no trees');
  const { ensemble } = estimator;
  const trees = ensemble.trees.map((tree) => ({ ...tree, value: tree.value.map((value) => value * size) }));
  return {
    estimator: { form: 'trees', ensemble: { ...ensemble, trees, baseScores: [Math.fround(size * 0.7)] } },
    values: Float64Array.from(randomRows(rows, columns, 4)),
  };
}
const names = ['a', 'b', 'c', 'd'];
const largeLine = (size: number): { estimator: PlainEstimator; values: Float64Array } => ({
  estimator: {
    form: 'linear',
    model: { task: 'regression', columns: names, coefficients: draw(columns).map((c) => c * size), intercept: size },
  },
  values: draw(rows * columns),
});
const linear = (classCount: number): PlainEstimator => {
  const outputs = classCount === 2 ? 1 : classCount;
  const model = { classCount, columns: names, coefficients: draw(outputs * columns), intercepts: draw(outputs) };
  return { form: 'linear', model: { task: 'classification', ...model } };
};
const line: PlainEstimator = {
  form: 'linear',
  model: { task: 'regression', columns: names, coefficients: draw(columns), intercept: -3 },
};

async function exported(
  estimator: PlainEstimator,
  values: Float64Array,
  labels: readonly string[],
): Promise<[unknown[], number[]]> {
  const g = graphBuilder();
  const task = labels.length === 0 ? 'regression' : 'classification';
  const added = addEstimator(g, g.input('x', 'double', ['rows', columns]), estimator, task, labels);
  g.output('prediction', added.prediction.value, added.prediction.type);
  if (added.probabilities) g.output('probabilities', added.probabilities, 'double', ['rows', labels.length]);
  const got = await runGraph(g, { x: new ort.Tensor('float64', values, [values.length / columns, columns]) });
  return [[...dataOf(got, 'prediction')], added.probabilities ? numbersOf(got, 'probabilities') : []];
}

describe('every form of estimator gives in onnxruntime what it gives here', () => {
  test.each<[string, number, PlainEstimator]>([
    ['constant', 3, { form: 'constant', values: Float64Array.of(0.2, 0.5, 0.3) }],
    ['linear, two classes', 2, linear(2)],
    ['linear, three classes', 3, linear(3)],
    ['trees, two classes', 2, boosted('logistic', 1)],
    ['trees, three classes', 3, boosted('softmax', 3)],
  ])('classification: %s', async (_, classCount, estimator) => {
    const labels = ['no', 'perhaps', 'yes'].slice(0, classCount);
    const values = estimator.form === 'trees' ? Float64Array.from(randomRows(rows, columns, 3)) : draw(rows * columns);
    const [predictions, probabilities] = await exported(estimator, values, labels);
    const wanted = predictEstimator(estimator, 'classification', values, rows);
    expectNear(probabilities, wanted.probabilities, 1e-6);
    expect(predictions).toEqual(Array.from(wanted.prediction, (k) => labels[k]));
  });

  test.each<[string, PlainEstimator]>([
    ['constant', { form: 'constant', values: Float64Array.of(12.5) }],
    ['linear', line],
    ['trees', boosted('squared-error', 1)],
  ])('regression: %s', async (_, estimator) => {
    const values = estimator.form === 'trees' ? Float64Array.from(randomRows(rows, columns, 4)) : draw(rows * columns);
    const [predictions] = await exported(estimator, values, []);
    expectNear(predictions.map(Number), predictEstimator(estimator, 'regression', values, rows).prediction, 1e-6);
  });

  test.each<[string, number]>([
    ['trees', 1e6],
    ['trees', 1e9],
    ['linear', 1e6],
    ['linear', 1e9],
  ])('regression of large targets: %s of %f, near zero too', async (form, size) => {
    const { estimator, values } = form === 'trees' ? largeTrees(size) : largeLine(size);
    const wanted = predictEstimator(estimator, 'regression', values, rows).prediction;
    expect(Math.max(...wanted)).toBeGreaterThan(size);
    const [predictions] = await exported(estimator, values, []);
    // Sums of float32 are off by 6e-8 of the largest term, which is much of a value near zero.
    const worst = predictions.reduce<number>(
      (most, value, i) => Math.max(most, Math.abs(Number(value) / (wanted[i] ?? 1) - 1)),
      0,
    );
    expect(worst).toBeLessThanOrEqual(1e-12);
  });

  test('a missing value makes the probabilities of a linear form NaN, as here', async () => {
    const values = Float64Array.of(1, NaN, 2, 3);
    const [, probabilities] = await exported(linear(3), values, ['no', 'perhaps', 'yes']);
    expect(probabilities).toEqual([NaN, NaN, NaN]);
  });
});
