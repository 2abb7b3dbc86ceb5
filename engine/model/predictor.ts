/** The estimator of a model, decoded once and asked many times. One definition for a batch and for a single served row: the same bits. */
import { decodeEstimator, predictEstimator } from '../../methods/estimator/estimator.ts';
import type { ModelFile } from './model-file.ts';

export interface Predictions {
  /** Class index, or the value. */
  prediction: Float64Array;
  /** [rows, classes], row-major; empty for regression. */
  probabilities: Float64Array;
}
export interface Predictor {
  model: ModelFile;
  predict: (features: Float64Array, rows: number, threshold?: number) => Predictions;
}

export function openPredictor(model: ModelFile): Predictor {
  const estimator = decodeEstimator(model.estimator);
  return {
    model,
    predict: (features, rows, threshold) => {
      const out = predictEstimator(estimator, model.task, features, rows);
      if (threshold === undefined || model.classes.length !== 2) return out;
      return {
        ...out,
        prediction: Float64Array.from({ length: rows }, (_, i) =>
          (out.probabilities[2 * i + 1] ?? 0) >= threshold ? 1 : 0,
        ),
      };
    },
  };
}
