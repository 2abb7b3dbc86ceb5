/** The one definition of how what was learnt predicts: batch, evaluation and service all ask here (a network through `readAnswer`). */
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { EstimatorOutputs, ModelTask, Predictions, TaskModel } from '../tasks/model-task.ts';
import type { NumbersEstimator } from './estimator-form.ts';

/** @param features shape [rows, columns], row-major, missing is NaN */
export const predictEstimator = (
  estimator: NumbersEstimator,
  task: ModelTask,
  features: Float64Array,
  rows: number,
): Predictions => task.read(estimator.outputs(features, rows), rows);

/**
 * Adds a fitted estimator to a graph: the same numbers as `predictEstimator`, to about 1e-6 for trees and 1e-12 for linear forms. One difference:
 * a row with a missing value gets the first class from a linear form here, with NaN as its probabilities, since ONNX has no missing label.
 *
 * @param features [rows, columns] in double, missing is NaN
 */
export const addEstimator = (
  g: GraphBuilder,
  features: string,
  estimator: NumbersEstimator,
  task: ModelTask,
  model: Pick<TaskModel, 'classes'>,
): EstimatorOutputs => task.addAnswers(g, estimator.addOutputs(g, features), model);
