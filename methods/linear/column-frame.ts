import { sumBlockRows } from '../statistics/blocked-sum.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/**
 * The solvers work on (x − centre) / scale. With an unpenalised intercept that is another way to write the same problem, and it is what keeps
 * normal equations and Newton steps exact when columns are of very unlike size. Penalties are turned with it, so the solution is unchanged.
 */
export interface ColumnFrame {
  readonly centre: Float64Array;
  /** Standard deviation about the centre; 1 for a constant column. */
  readonly scale: Float64Array;
  /** 1 where a column has one value in all rows that count. */
  readonly constant: Uint8Array;
}

/** @param centred false where there is no intercept: columns are then scaled by their root mean square and not moved. */
export function columnFrame({ values, rows, columns }: FeatureMatrix, weight: Float64Array | undefined, centred: boolean): ColumnFrame {
  const count = columns.length;
  const constant = constantColumns(values, rows, count, weight);
  const first = values.slice(0, count);
  // Sums are taken of the distance from the first row: what is far from zero loses no digits.
  const total = weight ? weightedColumnSums(rows, 1, weight, () => 1)[0] ?? 0 : rows;
  const shift = weightedColumnSums(rows, count, weight, (row, c) => (values[row * count + c] ?? 0) - (first[c] ?? 0));
  const centre = shift.map((sum, c) => (centred ? (first[c] ?? 0) + (constant[c] === 1 ? 0 : sum / total) : 0));
  if (centred) constantCentre(values, count, rows, weight, constant, centre);
  const squares = weightedColumnSums(rows, count, weight, (row, c) => ((values[row * count + c] ?? 0) - (centre[c] ?? 0)) ** 2);
  const scale = squares.map((sum, c) => {
    const size = Math.sqrt(sum / total);
    return size > 0 && !(centred && constant[c] === 1) ? size : 1;
  });
  return { centre, scale, constant };
}

/** A constant column is centred on its very value, so that what is left is exactly 0. */
function constantCentre(values: Float64Array, count: number, rows: number, weight: Float64Array | undefined, constant: Uint8Array, centre: Float64Array): void {
  const counted = firstCountedRow(rows, weight);
  constant.forEach((isConstant, c) => {
    if (isConstant === 1) centre[c] = values[counted * count + c] ?? 0;
  });
}

function firstCountedRow(rows: number, weight: Float64Array | undefined): number {
  let row = 0;
  while (weight && row < rows - 1 && weight[row] === 0) row += 1;
  return row;
}

function constantColumns(values: Float64Array, rows: number, count: number, weight: Float64Array | undefined): Uint8Array {
  const constant = new Uint8Array(count).fill(1);
  const reference = firstCountedRow(rows, weight) * count;
  let left = count;
  for (let row = 0; row < rows && left > 0; row++) {
    if (weight && weight[row] === 0) continue;
    for (let c = 0; c < count; c++) {
      if (constant[c] === 0 || values[row * count + c] === values[reference + c]) continue;
      constant[c] = 0;
      left -= 1;
    }
  }
  return constant;
}

/** Σ weight · valueOf(row, column) for each column, in blocks of rows. */
function weightedColumnSums(rows: number, count: number, weight: Float64Array | undefined, valueOf: (row: number, column: number) => number): Float64Array {
  const sums = new Float64Array(count);
  const part = new Float64Array(count);
  for (let start = 0; start < rows; start += sumBlockRows) {
    const end = Math.min(start + sumBlockRows, rows);
    part.fill(0);
    for (let row = start; row < end; row++) {
      const rowWeight = weight ? (weight[row] ?? 0) : 1;
      for (let c = 0; c < count; c++) part[c] = (part[c] ?? 0) + rowWeight * valueOf(row, c);
    }
    for (let c = 0; c < count; c++) sums[c] = (sums[c] ?? 0) + (part[c] ?? 0);
  }
  return sums;
}
