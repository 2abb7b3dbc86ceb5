/** What is particular of single forms in an exported file; `estimators.test.ts` judges all of them. */
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { randomRows, randomTrees } from '../../test/support/random-trees.ts';
import { dataOf, numbersOf, runGraph } from '../../test/support/run-graph.ts';
import { graphBuilder } from '../onnx/graph-builder.ts';
import { randomGenerator } from '../random/random-generator.ts';
import type { Tree } from '../trees/ensemble.ts';
import { addEstimator, predictEstimator } from './estimator.ts';
import type { NumbersEstimator } from './estimator-form.ts';
import { loadTask } from '../tasks/load-task.ts';
import { form as linearForm } from './linear/form.ts';
import { form as treesForm } from './trees/form.ts';

const regression = await loadTask('regression');
const columns = 4;
const rows = 300;
const random = randomGenerator(2);
const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.nextNormal());

interface Trial {
  estimator: NumbersEstimator;
  values: Float64Array;
}
function largeTrees(size: number): Trial {
  const ensemble = randomTrees('squared-error', 1, 30, columns, 1);
  const trees = ensemble.trees.map((tree): Tree => {
    const empty = (): Float32Array => new Float32Array(tree.feature.length);
    return { ...tree, gain: empty(), cover: empty(), value: tree.value.map((value) => value * size) };
  });
  return {
    estimator: treesForm.open({ ...ensemble, columns, trees, baseScores: [Math.fround(size * 0.7)] }),
    values: Float64Array.from(randomRows(rows, columns, 4)),
  };
}
const names = ['a', 'b', 'c', 'd'];
const largeLine = (size: number): Trial => ({
  estimator: linearForm.open({
    task: 'regression',
    columns: names,
    coefficients: draw(columns).map((c) => c * size),
    intercept: size,
  }),
  values: draw(rows * columns),
});

async function exported(
  { estimator, values }: Trial,
  labels: readonly string[],
): Promise<{ prediction: unknown[]; probabilities: number[] }> {
  const g = graphBuilder();
  const task = await loadTask(labels.length === 0 ? 'regression' : 'classification');
  const added = addEstimator(g, g.input('x', 'double', ['rows', columns]), estimator, task, { classes: labels });
  g.output('prediction', added.prediction.value, added.prediction.type);
  if (added.probabilities) g.output('probabilities', added.probabilities, 'double', ['rows', labels.length]);
  const got = await runGraph(g, { x: new ort.Tensor('float64', values, [values.length / columns, columns]) });
  return {
    prediction: [...dataOf(got, 'prediction')],
    probabilities: added.probabilities ? numbersOf(got, 'probabilities') : [],
  };
}

describe('an exported estimator', () => {
  test.each<[string, number]>([
    ['trees', 1e6],
    ['trees', 1e9],
    ['linear', 1e6],
    ['linear', 1e9],
  ])('regression of large targets: %s of %f, near zero too', async (form, size) => {
    const trial = form === 'trees' ? largeTrees(size) : largeLine(size);
    const wanted = predictEstimator(trial.estimator, regression, trial.values, rows).prediction;
    expect(Math.max(...wanted)).toBeGreaterThan(size);
    const { prediction } = await exported(trial, []);
    // Sums of float32 are off by 6e-8 of the largest term, which is much of a value near zero.
    const worst = prediction.reduce<number>(
      (most, value, i) => Math.max(most, Math.abs(Number(value) / (wanted[i] ?? 1) - 1)),
      0,
    );
    expect(worst).toBeLessThanOrEqual(1e-12);
  });

  test('a missing value makes the probabilities of a linear form NaN, as here', async () => {
    const estimator = linearForm.open({
      task: 'classification',
      classCount: 3,
      columns: names,
      coefficients: draw(3 * columns),
      intercepts: draw(3),
    });
    const { probabilities } = await exported({ estimator, values: Float64Array.of(1, NaN, 2, 3) }, ['a', 'b', 'c']);
    expect(probabilities).toEqual([NaN, NaN, NaN]);
  });
});
