import { fault } from '../../shared/errors.ts';
import type { LinearModel, LogisticModel } from './model.ts';

/**
 * One number a row. Every row is summed on its own, column by column: a row predicted alone gives the same bytes as within a batch.
 *
 * @param features row-major, rows × columns of the model
 * @throws `linear.shape`
 */
export function predictLinear(
  { coefficients, intercept }: LinearModel,
  features: Float64Array,
  rows: number,
): Float64Array {
  return margins(coefficients, Float64Array.of(intercept), features, rows);
}

/** Probability of each class: row-major, rows × classCount. */
export function predictProbabilities(
  { coefficients, intercepts, classCount }: LogisticModel,
  features: Float64Array,
  rows: number,
): Float64Array {
  const scores = margins(coefficients, intercepts, features, rows);
  return classCount === 2 ? bothClasses(scores) : softmaxInPlace(scores, classCount);
}

/** Outputs of a linear map before any link: row-major, rows × outputs. */
export function margins(
  coefficients: Float64Array,
  intercepts: Float64Array,
  features: Float64Array,
  rows: number,
): Float64Array {
  const outputs = intercepts.length;
  const columns = coefficients.length / outputs;
  if (features.length !== rows * columns) {
    throw fault('linear.shape', {
      message: `The model takes ${columns} columns; ${rows} rows of them are ${rows * columns} values, not ${features.length}.`,
      facts: { rows, columns, values: features.length },
    });
  }
  const result = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    for (let k = 0; k < outputs; k++) {
      let sum = intercepts[k] ?? 0;
      for (let c = 0; c < columns; c++) sum += (coefficients[k * columns + c] ?? 0) * (features[from + c] ?? 0);
      result[row * outputs + k] = sum;
    }
  }
  return result;
}

/** 1 / (1 + e^−z), exact at both ends. */
export function sigmoid(z: number): number {
  const small = Math.exp(-Math.abs(z));
  return z >= 0 ? 1 / (1 + small) : small / (1 + small);
}

function bothClasses(scores: Float64Array): Float64Array {
  const probabilities = new Float64Array(scores.length * 2);
  for (let row = 0; row < scores.length; row++) {
    probabilities[2 * row] = sigmoid(-(scores[row] ?? 0));
    probabilities[2 * row + 1] = sigmoid(scores[row] ?? 0);
  }
  return probabilities;
}

function softmaxInPlace(scores: Float64Array, classCount: number): Float64Array {
  for (let at = 0; at < scores.length; at += classCount) {
    let top = -Infinity;
    for (let k = 0; k < classCount; k++) top = Math.max(top, scores[at + k] ?? 0);
    let sum = 0;
    for (let k = 0; k < classCount; k++) {
      const value = Math.exp((scores[at + k] ?? 0) - top);
      scores[at + k] = value;
      sum += value;
    }
    for (let k = 0; k < classCount; k++) scores[at + k] = (scores[at + k] ?? 0) / sum;
  }
  return scores;
}
