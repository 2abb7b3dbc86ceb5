import { fail } from '../../shared/errors.ts';

/** Numbers that a linear model learns from: row-major, rows × columns. */
export interface FeatureMatrix {
  readonly values: Float64Array;
  readonly rows: number;
  /** Names, for messages and for the fitted model. */
  readonly columns: readonly string[];
}

/** Refuses missing and infinite values with their place, and sizes that do not fit. A linear model has no rule for missing values. */
export function checkFeatures({ values, rows, columns }: FeatureMatrix): void {
  if (rows === 0)
    throw fail('linear.no-rows', {
      message: 'There are no rows to learn from.',
      mend: 'Check the filters and the split before this node.',
    });
  if (columns.length === 0)
    throw fail('linear.no-columns', {
      message: 'There are no feature columns to learn from.',
      mend: 'Choose at least one numeric column.',
    });
  if (values.length !== rows * columns.length) {
    throw fail('linear.shape', {
      message: `${rows} rows of ${columns.length} columns need ${rows * columns.length} values, there are ${values.length}.`,
      facts: { rows, columns: columns.length, values: values.length },
    });
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    // x − x is 0 for every finite number and NaN for the others.
    if (value - value === 0) continue;
    throw notFinite(columns[i % columns.length] ?? '', Math.floor(i / columns.length), value);
  }
}

/** Refuses a target or weight that is missing, infinite or, for weights, negative. */
export function checkVector(name: 'target' | 'weight', values: ArrayLike<number>, rows: number): void {
  if (values.length !== rows) {
    throw fail('linear.shape', {
      message: `There are ${rows} rows, but ${values.length} values of the ${name}.`,
      facts: { rows, values: values.length },
    });
  }
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row] ?? NaN;
    if (!Number.isFinite(value)) throw notFinite(name, row, value);
    if (name === 'weight' && value < 0)
      throw fail('linear.negative-weight', {
        message: `Row ${row} has the weight ${value}.`,
        mend: 'Weights are 0 or more.',
        facts: { row, value },
      });
    sum += value;
  }
  if (name === 'weight' && sum === 0)
    throw fail('linear.no-rows', { message: 'All rows have the weight 0.', mend: 'Choose another weight column.' });
}

const notFinite = (column: string, row: number, value: number): Error =>
  fail('linear.not-finite', {
    message: Number.isNaN(value)
      ? `Column “${column}” has no value in row ${row}.`
      : `Column “${column}” is ${value} in row ${row}.`,
    mend: Number.isNaN(value)
      ? 'Fill missing values before this node, for instance with Impute.'
      : 'Replace infinite values before this node.',
    column,
    facts: { column, row, value: String(value) },
  });
