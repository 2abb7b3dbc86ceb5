/** The one definition of how what was learnt predicts: batch, evaluation and service all ask here (a network through `readAnswer`). */
import type { OnnxType, TaskType } from '../../shared/capabilities.ts';
import { classLabels } from '../onnx/class-outputs.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { NumbersEstimator } from './estimator-form.ts';
import { mostLikely } from './most-likely.ts';

export interface Predictions {
  /** Classification: index of the most likely class, the first among equals. Regression: the value. */
  prediction: Float64Array;
  /** Shape [rows, classes], row-major; empty for regression. */
  probabilities: Float64Array;
}

/** @param features shape [rows, columns], row-major, missing is NaN */
export function predictEstimator(
  estimator: NumbersEstimator,
  task: TaskType,
  features: Float64Array,
  rows: number,
): Predictions {
  const outputs = estimator.outputs(features, rows);
  if (task === 'regression') return { prediction: outputs, probabilities: new Float64Array(0) };
  return { prediction: mostLikely(outputs, rows), probabilities: outputs };
}

export interface EstimatorOutputs {
  /** The predicted value, or the label of the most likely class: [rows, 1]. */
  readonly prediction: { readonly value: string; readonly type: OnnxType };
  /** [rows, classes] in double; absent for regression. */
  readonly probabilities?: string;
}

/**
 * Adds a fitted estimator to a graph: the same numbers as `predictEstimator`, to about 1e-6 for trees and 1e-12 for linear forms. One difference:
 * a row with a missing value gets the first class from a linear form here, with NaN as its probabilities, since ONNX has no missing label.
 *
 * @param features [rows, columns] in double, missing is NaN
 * @param labels of the classes, in the estimator's order; empty for regression
 */
export function addEstimator(
  g: GraphBuilder,
  features: string,
  estimator: NumbersEstimator,
  task: TaskType,
  labels: readonly (string | number | bigint | boolean)[],
): EstimatorOutputs {
  const outputs = estimator.addOutputs(g, features);
  if (task === 'regression') return { prediction: { value: outputs, type: 'double' } };
  return { prediction: classLabels(g, outputs, labels), probabilities: outputs };
}
