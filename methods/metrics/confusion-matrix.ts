import { fail, fault } from '../../shared/errors.ts';

/** Weight of the rows for each pair of true and predicted class. */
export interface ConfusionMatrix {
  readonly classCount: number;
  /** classCount × classCount, row-major: row = true class, column = predicted class. */
  readonly cells: Float64Array;
  /** 1 for each class that occurs in the truth or among the predictions, whatever the weight of its rows. scikit-learn averages over these. */
  readonly present: Uint8Array;
  /** 1 for each class that occurs in the truth, whatever the weight of its rows. */
  readonly inTruth: Uint8Array;
}

/**
 * @param truth class index of each row, 0 … classCount − 1
 * @param predicted predicted class index of each row
 * @param weight weight of each row, 1 where not given
 */
export function confusionMatrix(
  truth: Int32Array,
  predicted: Int32Array,
  classCount: number,
  weight?: Float64Array,
): ConfusionMatrix {
  checkLengths(truth.length, { predicted: predicted.length, weight: weight?.length });
  const cells = new Float64Array(classCount * classCount);
  const present = new Uint8Array(classCount);
  const inTruth = new Uint8Array(classCount);
  for (let row = 0; row < truth.length; row++) {
    const actual = truth[row] ?? -1;
    const guess = predicted[row] ?? -1;
    if (actual < 0 || actual >= classCount || guess < 0 || guess >= classCount)
      throw unknownClass(row, actual, guess, classCount);
    present[actual] = 1;
    inTruth[actual] = 1;
    present[guess] = 1;
    const cell = actual * classCount + guess;
    cells[cell] = (cells[cell] ?? 0) + (weight ? (weight[row] ?? 0) : 1);
  }
  return { classCount, cells, present, inTruth };
}

/** True positives, predicted and actual weight of one class or of a whole matrix. */
export interface ClassCounts {
  truePositive: Float64Array;
  /** Weight of the rows predicted as the class. */
  predicted: Float64Array;
  /** Weight of the rows of the class: its support. */
  actual: Float64Array;
  total: number;
  correct: number;
}

export function classCounts({ classCount, cells }: ConfusionMatrix): ClassCounts {
  const truePositive = new Float64Array(classCount);
  const predicted = new Float64Array(classCount);
  const actual = new Float64Array(classCount);
  let total = 0;
  let correct = 0;
  for (let row = 0; row < classCount; row++) {
    for (let column = 0; column < classCount; column++) {
      const weight = cells[row * classCount + column] ?? 0;
      actual[row] = (actual[row] ?? 0) + weight;
      predicted[column] = (predicted[column] ?? 0) + weight;
      total += weight;
      if (row !== column) continue;
      truePositive[row] = weight;
      correct += weight;
    }
  }
  return { truePositive, predicted, actual, total, correct };
}

/** Refuses vectors of unequal length, naming them. */
export function checkLengths(rows: number, others: Readonly<Record<string, number | undefined>>): void {
  for (const [name, length] of Object.entries(others)) {
    if (length === undefined || length === rows) continue;
    throw fault('metrics.length', {
      message: `There are ${rows} rows of truth, but ${length} of ${name}.`,
      facts: { rows, name, length },
    });
  }
}

const unknownClass = (row: number, actual: number, guess: number, classCount: number): Error =>
  fail('metrics.unknown-class', {
    message: `Row ${row} has the true class ${actual} and the predicted class ${guess}; class numbers run from 0 to ${classCount - 1}.`,
    mend: 'Give every class that occurs a number, also those that the model has not seen.',
    facts: { row, actual, guess, classCount },
  });
