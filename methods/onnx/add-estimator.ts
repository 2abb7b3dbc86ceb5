import type { OnnxType, TaskType } from '../../shared/capabilities.ts';
import { unreachable } from '../../shared/errors.ts';
import type { PlainEstimator } from '../estimator/estimator.ts';
import { classLabels, classProbabilities, linearScores, rowsOf, treeScores } from './estimators.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { castTo } from './prepare.ts';

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
  estimator: PlainEstimator,
  task: TaskType,
  labels: readonly (string | number | bigint | boolean)[],
): EstimatorOutputs {
  const outputs = outputsOf(g, features, estimator);
  if (task === 'regression') return { prediction: { value: outputs, type: 'double' } };
  return { prediction: classLabels(g, outputs, labels), probabilities: outputs };
}

/** Probabilities of each class, or values. */
function outputsOf(g: GraphBuilder, features: string, estimator: PlainEstimator): string {
  switch (estimator.form) {
    case 'constant':
      return rowsOf(g, features, estimator.values);
    case 'linear': {
      const { model } = estimator;
      if (model.task === 'regression')
        return linearScores(g, features, model.coefficients, Float64Array.of(model.intercept));
      const scores = linearScores(g, features, model.coefficients, model.intercepts);
      return classProbabilities(g, scores, model.intercepts.length);
    }
    case 'trees': {
      const { ensemble } = estimator;
      // The one cast to float32: trees were trained on float32 values and compare them with float32 thresholds.
      const scores = treeScores(g, castTo(g, features, 'float'), ensemble);
      return ensemble.objective === 'squared-error' ? scores : classProbabilities(g, scores, ensemble.outputs);
    }
    default:
      return unreachable(estimator);
  }
}
