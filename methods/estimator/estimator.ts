/**
 * What a trainer has learnt, as a closed set of forms of plain data, and the one definition of how each predicts. Batch, evaluation and service all
 * call `predictEstimator` (of a network, `readAnswer`); a row predicted alone gives the same bits as among others.
 */
import type { TaskType } from '../../shared/capabilities.ts';
import { unreachable } from '../../shared/errors.ts';
import type { LinearModel, LogisticModel } from '../linear/model.ts';
import { predictLinear, predictProbabilities } from '../linear/predict-linear.ts';
import type { TreeEnsemble } from '../trees/ensemble.ts';
import { applyObjective, predictTrees } from '../trees/predict.ts';
import { mostLikely } from './most-likely.ts';
import type { NeuralEstimator } from './neural-estimator.ts';

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
/** Reads a row of numbers and answers at once. */
export type PlainEstimator = ConstantEstimator | LinearEstimator | TreesEstimator;
/** A network reads texts and images too and is asked by `engine/model`, which has what it takes to run one. */
export type Estimator = PlainEstimator | NeuralEstimator;

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
  estimator: PlainEstimator,
  task: TaskType,
  features: Float64Array,
  rows: number,
): Predictions {
  const outputs = outputsOf(estimator, features, rows);
  if (task === 'regression') return { prediction: outputs, probabilities: new Float64Array(0) };
  return { prediction: mostLikely(outputs, rows), probabilities: outputs };
}

/** Probabilities of each class, or values. */
function outputsOf(estimator: PlainEstimator, features: Float64Array, rows: number): Float64Array {
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
