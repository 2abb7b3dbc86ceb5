import type { ColumnFrame } from './framed-column.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Rows in a block: 256 × 28 columns of float64 stay within a second-level cache. Fixed, since it fixes the order of every sum. */
export const blockRows = 256;

/**
 * A few rows, framed, column by column: column c fills `values` from c × blockRows. Columns are padded with zeros to a multiple of four,
 * which is what the kernels below take at a time; with an intercept the last real column is all ones.
 */
export interface RowBlock {
  readonly values: Float64Array;
  /** Columns with the intercept's, without padding. */
  readonly width: number;
  /** `width` rounded up to a multiple of four. */
  readonly padded: number;
  /** First row and number of rows that the block holds now. */
  start: number;
  rows: number;
}

export function rowBlock(columns: number, withIntercept: boolean): RowBlock {
  const width = columns + (withIntercept ? 1 : 0);
  const padded = (width + 3) & ~3;
  const values = new Float64Array(padded * blockRows);
  if (withIntercept) values.fill(1, columns * blockRows, (columns + 1) * blockRows);
  return { values, width, padded, start: 0, rows: 0 };
}

/** Calls `visit` for each block of rows in order. The block is reused. */
export function eachBlock(
  { values, rows, columns }: FeatureMatrix,
  { centre, scale }: ColumnFrame,
  block: RowBlock,
  visit: (block: RowBlock) => void,
): void {
  const count = columns.length;
  const inverse = scale.map((size) => 1 / size);
  for (let start = 0; start < rows; start += blockRows) {
    block.start = start;
    block.rows = Math.min(blockRows, rows - start);
    if (values instanceof Float64Array)
      fillBlock(values, start * count, block.rows * count, count, centre, inverse, block.values);
    else
      for (let c = 0; c < count; c++) {
        const own = values[c];
        if (own instanceof Float64Array) fillColumn(own, block, centre[c] ?? 0, inverse[c] ?? 0, c * blockRows);
        else if (own !== undefined) fillBytes(own, block, centre[c] ?? 0, inverse[c] ?? 0, c * blockRows);
      }
    visit(block);
  }
}

/** Column by column: reading in strides from the cache costs less than writing in strides. */
function fillBlock(
  values: Float64Array,
  from: number,
  length: number,
  count: number,
  centre: Float64Array,
  inverse: Float64Array,
  into: Float64Array,
): void {
  for (let c = 0; c < count; c++) {
    const middle = centre[c] ?? 0;
    const factor = inverse[c] ?? 0;
    const end = from + length;
    let to = c * blockRows;
    for (let at = from + c; at < end; at += count) into[to++] = ((values[at] ?? 0) - middle) * factor;
  }
}

// One loop for each kind of array: together they would be compiled for neither.
function fillColumn(own: Float64Array, { start, rows, values }: RowBlock, middle: number, factor: number, to: number) {
  for (let i = 0; i < rows; i++) values[to + i] = ((own[start + i] ?? 0) - middle) * factor;
}
function fillBytes(own: Uint8Array, { start, rows, values }: RowBlock, middle: number, factor: number, to: number) {
  for (let i = 0; i < rows; i++) values[to + i] = ((own[start + i] ?? 0) - middle) * factor;
}

/** into[i] = Σ_c coefficients[c] · block[c][i] */
export function blockTimes(block: RowBlock, coefficients: Float64Array, into: Float64Array): void {
  const { values, padded, rows } = block;
  into.fill(0, 0, rows);
  for (let c = 0; c < padded; c += 4) {
    const [a, b, d, e] = [
      coefficients[c] ?? 0,
      coefficients[c + 1] ?? 0,
      coefficients[c + 2] ?? 0,
      coefficients[c + 3] ?? 0,
    ];
    const at = c * blockRows;
    for (let i = 0; i < rows; i++) {
      const j = at + i;
      const low = a * (values[j] ?? 0) + b * (values[j + blockRows] ?? 0);
      const high = d * (values[j + 2 * blockRows] ?? 0) + e * (values[j + 3 * blockRows] ?? 0);
      into[i] = (into[i] ?? 0) + (low + high);
    }
  }
}

/** into[c] += Σ_i factors[i] · block[c][i] */
export function addTransposeTimes(block: RowBlock, factors: Float64Array, into: Float64Array): void {
  const { values, padded, width, rows } = block;
  for (let c = 0; c < padded; c += 4) {
    let a = 0;
    let b = 0;
    let d = 0;
    let e = 0;
    const at = c * blockRows;
    for (let i = 0; i < rows; i++) {
      const factor = factors[i] ?? 0;
      const j = at + i;
      a += factor * (values[j] ?? 0);
      b += factor * (values[j + blockRows] ?? 0);
      d += factor * (values[j + 2 * blockRows] ?? 0);
      e += factor * (values[j + 3 * blockRows] ?? 0);
    }
    const sums = [a, b, d, e];
    for (let k = 0; k < 4 && c + k < width; k++) into[c + k] = (into[c + k] ?? 0) + (sums[k] ?? 0);
  }
}

/** Multiplies each row by its factor: the left side of a weighted Gram matrix. `into` is as long as `block.values`. */
export function weightBlock(block: RowBlock, factors: Float64Array, into: Float64Array): void {
  const { values, width, rows } = block;
  for (let c = 0; c < width; c++) {
    const at = c * blockRows;
    for (let i = 0; i < rows; i++) into[at + i] = (values[at + i] ?? 0) * (factors[i] ?? 0);
  }
}

/**
 * gram += leftᵀ · block: padded × padded, row-major; only the upper triangle (in tiles of 2 × 4) is filled. Eight sums stay in registers,
 * six loads feed eight multiplications: 0.7 ns each on the machine where this was chosen, against 0.9 for tiles of 2 × 2.
 */
export function addGram(left: Float64Array, block: RowBlock, gram: Float64Array): void {
  const { values, padded, rows } = block;
  for (let r = 0; r < padded; r += 2) {
    for (let c = r & ~3; c < padded; c += 4)
      addGramTile(left, values, rows, r * blockRows, c * blockRows, gram, r * padded + c, padded);
  }
}

function addGramTile(
  left: Float64Array,
  right: Float64Array,
  rows: number,
  a: number,
  d: number,
  gram: Float64Array,
  at: number,
  padded: number,
): void {
  const b = a + blockRows;
  const e = d + blockRows;
  const f = e + blockRows;
  const g = f + blockRows;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (let i = 0; i < rows; i++) {
    const x0 = left[a + i] ?? 0;
    const x1 = left[b + i] ?? 0;
    const y0 = right[d + i] ?? 0;
    const y1 = right[e + i] ?? 0;
    const y2 = right[f + i] ?? 0;
    const y3 = right[g + i] ?? 0;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
  }
  const upper = [s00, s01, s02, s03];
  const lower = [s10, s11, s12, s13];
  for (let k = 0; k < 4; k++) {
    gram[at + k] = (gram[at + k] ?? 0) + (upper[k] ?? 0);
    gram[at + padded + k] = (gram[at + padded + k] ?? 0) + (lower[k] ?? 0);
  }
}
