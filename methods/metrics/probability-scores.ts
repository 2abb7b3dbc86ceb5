import { fail } from '../../shared/errors.ts';
import { weightedMean } from '../statistics/blocked-sum.ts';
import { checkLengths } from './confusion-matrix.ts';

/** Row-major, rows × classes that the model knows; each between 0 and 1. A true class beyond these has the probability 0. */
export interface ClassProbabilities {
  readonly values: Float64Array;
  readonly classCount: number;
}

/** Refuses what is no probability, naming the row and class. */
export function checkProbabilities({ values, classCount }: ClassProbabilities, rows: number): void {
  checkLengths(rows * classCount, { probabilities: values.length });
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (value >= 0 && value <= 1) continue;
    const row = Math.floor(i / classCount);
    throw fail('metrics.not-a-probability', {
      message: `The probability of class ${i % classCount} in row ${row} is ${value}, which is not between 0 and 1.`,
      mend: 'Choose columns of probabilities, or turn the scores into probabilities before.',
      facts: { row, class: i % classCount, value: String(value) },
    });
  }
}

/** Mean of −ln p(true class); p is kept within 2^−52 of 0 and 1 as in scikit-learn, so that one wrong certainty does not give infinity. */
export function logLoss(truth: Int32Array, { values, classCount }: ClassProbabilities, weight?: Float64Array): number {
  const losses = new Float64Array(truth.length);
  for (let row = 0; row < truth.length; row++) {
    const k = truth[row] ?? 0;
    const p = k < classCount ? (values[row * classCount + k] ?? NaN) : 0;
    losses[row] = -Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
  }
  return weightedMean(losses, weight);
}

/** Mean of Σ (p − truth)² over the classes; halved where the model knows two classes, where it is the well-known (p − y)². Brier 1950. */
export function brierScore(
  truth: Int32Array,
  { values, classCount }: ClassProbabilities,
  weight?: Float64Array,
): number {
  const squares = new Float64Array(truth.length);
  for (let row = 0; row < truth.length; row++) {
    let sum = (truth[row] ?? 0) < classCount ? 0 : 1;
    for (let k = 0; k < classCount; k++) {
      const distance = (values[row * classCount + k] ?? NaN) - (truth[row] === k ? 1 : 0);
      sum += distance * distance;
    }
    squares[row] = sum;
  }
  return weightedMean(squares, weight) * (classCount <= 2 ? 0.5 : 1);
}

/** Class of highest probability in each row; the first among equals, as `argmax`. */
export function mostLikelyClasses({ values, classCount }: ClassProbabilities): Int32Array {
  const rows = values.length / classCount;
  const classes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if ((values[row * classCount + k] ?? 0) > (values[row * classCount + best] ?? 0)) best = k;
    }
    classes[row] = best;
  }
  return classes;
}

/** The probabilities of one class. */
export function probabilitiesOf({ values, classCount }: ClassProbabilities, wanted: number): Float64Array {
  const column = new Float64Array(values.length / classCount);
  for (let row = 0; row < column.length; row++) column[row] = values[row * classCount + wanted] ?? NaN;
  return column;
}
