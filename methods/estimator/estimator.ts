/**
 * What a trainer has learnt, as a closed set of forms of plain data, and the one definition of how each predicts. Batch, evaluation and service all
 * call `predictEstimator`; a row predicted alone gives the same bits as among others.
 */
import type { TaskType } from '../../shared/capabilities.ts';
import { unreachable } from '../../shared/errors.ts';
import type { LinearModel, LogisticModel } from '../linear/model.ts';
import { predictLinear, predictProbabilities } from '../linear/predict-linear.ts';
import type { TreeEnsemble } from '../trees/ensemble.ts';
import { applyObjective, predictTrees } from '../trees/predict.ts';

export { decodeEstimator, encodeEstimator } from './estimator-json.ts';

export interface ConstantEstimator {
  readonly form: 'constant';
  /** One value for regression, one probability for each class for classification. */
  readonly values: Float64Array;
}
export interface LinearEstimator {
  readonly form: 'linear';
  readonly model: LinearModel | LogisticModel;
}
export interface TreesEstimator {
  readonly form: 'trees';
  readonly ensemble: TreeEnsemble;
}
export type Estimator = ConstantEstimator | LinearEstimator | TreesEstimator;

export interface Predictions {
  /** Classification: index of the most likely class, the first among equals. Regression: the value. */
  prediction: Float64Array;
  /** Shape [rows, classes], row-major; empty for regression. */
  probabilities: Float64Array;
}

/**
 * @param features shape [rows, columns], row-major, missing is NaN. Trees read each value rounded to float32, as they were trained on it. A linear
 *   form has no rule for a missing value: such a row is predicted as NaN, with NaN for each probability.
 */
export function predictEstimator(
  estimator: Estimator,
  task: TaskType,
  features: Float64Array,
  rows: number,
): Predictions {
  const outputs = outputsOf(estimator, features, rows);
  if (task === 'regression') return { prediction: outputs, probabilities: new Float64Array(0) };
  return { prediction: mostLikely(outputs, rows), probabilities: outputs };
}

/** Probabilities of each class, or values. */
function outputsOf(estimator: Estimator, features: Float64Array, rows: number): Float64Array {
  switch (estimator.form) {
    case 'constant': {
      const { values } = estimator;
      return Float64Array.from({ length: rows * values.length }, (_, i) => values[i % values.length] ?? NaN);
    }
    case 'linear':
      return estimator.model.task === 'regression'
        ? predictLinear(estimator.model, features, rows)
        : predictProbabilities(estimator.model, features, rows);
    case 'trees': {
      const { ensemble } = estimator;
      const outputs = applyObjective(ensemble, predictTrees(ensemble, Float32Array.from(features), rows));
      return ensemble.objective === 'logistic' ? bothClasses(outputs) : outputs;
    }
    default:
      return unreachable(estimator);
  }
}

function bothClasses(later: Float64Array): Float64Array {
  const both = new Float64Array(later.length * 2);
  later.forEach((p, row) => {
    both[2 * row] = 1 - p;
    both[2 * row + 1] = p;
  });
  return both;
}

function mostLikely(probabilities: Float64Array, rows: number): Float64Array {
  const classes = rows === 0 ? 0 : probabilities.length / rows;
  const prediction = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let k = 1; k < classes; k++)
      if ((probabilities[row * classes + k] ?? 0) > (probabilities[row * classes + best] ?? 0)) best = k;
    prediction[row] = Number.isNaN(probabilities[row * classes] ?? NaN) ? NaN : best;
  }
  return prediction;
}
