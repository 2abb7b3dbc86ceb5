import { fail, fault } from '../../shared/errors.ts';

/** Numbers that a linear model learns from. */
export interface FeatureMatrix {
  /** Row-major, rows × columns; or column by column, which keeps indicators as bytes. */
  readonly values: Float64Array | readonly FeatureColumn[];
  readonly rows: number;
  /** Names, for messages and for the fitted model. */
  readonly columns: readonly string[];
}
export type FeatureColumn = Float64Array | Uint8Array;

/** The values of one row. */
export function rowOf({ values, columns }: FeatureMatrix, row: number): Float64Array {
  const count = columns.length;
  if (values instanceof Float64Array) return values.slice(row * count, (row + 1) * count);
  return Float64Array.from({ length: count }, (_, c) => values[c]?.[row] ?? NaN);
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
  const found = values instanceof Float64Array ? values.length : values.reduce((sum, own) => sum + own.length, 0);
  if (found !== rows * columns.length) {
    throw fault('linear.shape', {
      message: `${rows} rows of ${columns.length} columns need ${rows * columns.length} values, there are ${found}.`,
      facts: { rows, columns: columns.length, values: found },
    });
  }
  if (values instanceof Float64Array) {
    const at = firstNotFinite(values);
    if (at >= 0)
      throw notFinite(columns[at % columns.length] ?? '', Math.floor(at / columns.length), values[at] ?? NaN);
    return;
  }
  for (const [c, own] of values.entries()) {
    const at = own instanceof Uint8Array ? -1 : firstNotFinite(own);
    if (at >= 0) throw notFinite(columns[c] ?? '', at, own[at] ?? NaN);
  }
}

function firstNotFinite(values: Float64Array): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    // x − x is 0 for every finite number and NaN for the others.
    if (value - value !== 0) return i;
  }
  return -1;
}

/** Refuses a target or weight that is missing, infinite or, for weights, negative. */
export function checkVector(name: 'target' | 'weight', values: ArrayLike<number>, rows: number): void {
  if (values.length !== rows) {
    throw fault('linear.shape', {
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
