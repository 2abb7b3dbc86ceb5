/** The factor L of a symmetric positive definite matrix: L · Lᵀ = A, row-major, size × size. */
export interface Cholesky {
  readonly size: number;
  readonly lower: Float64Array;
}

/**
 * Factors a symmetric matrix of which the upper triangle is read (row-major, `stride` numbers a row).
 *
 * @returns undefined where a pivot is not above `tolerance` times its diagonal entry: the matrix is not positive definite, or so nearly
 * singular that a solution would be noise.
 */
export function cholesky(
  matrix: Float64Array,
  size: number,
  { stride = size, tolerance = 1e-14 } = {},
): Cholesky | undefined {
  const lower = new Float64Array(size * size);
  for (let r = 0; r < size; r++) {
    const row = r * size;
    for (let c = 0; c <= r; c++) {
      const other = c * size;
      let sum = matrix[c * stride + r] ?? 0;
      for (let k = 0; k < c; k++) sum -= (lower[row + k] ?? 0) * (lower[other + k] ?? 0);
      if (c < r) lower[row + c] = sum / (lower[other + c] ?? 1);
      else if (sum > tolerance * (matrix[r * stride + r] ?? 0)) lower[row + r] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return { size, lower };
}

/** The solution of A · x = right. */
export function solveCholesky({ size, lower }: Cholesky, right: Float64Array): Float64Array {
  const x = right.slice(0, size);
  for (let r = 0; r < size; r++) {
    let sum = x[r] ?? 0;
    for (let k = 0; k < r; k++) sum -= (lower[r * size + k] ?? 0) * (x[k] ?? 0);
    x[r] = sum / (lower[r * size + r] ?? 1);
  }
  for (let r = size - 1; r >= 0; r--) {
    const value = (x[r] ?? 0) / (lower[r * size + r] ?? 1);
    x[r] = value;
    for (let k = 0; k < r; k++) x[k] = (x[k] ?? 0) - (lower[r * size + k] ?? 0) * value;
  }
  return x;
}

/** The diagonal of A⁻¹: the squared lengths of the columns of L⁻¹. */
export function inverseDiagonal({ size, lower }: Cholesky): Float64Array {
  const diagonal = new Float64Array(size);
  const column = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    let sumOfSquares = 0;
    for (let r = c; r < size; r++) {
      let sum = r === c ? 1 : 0;
      for (let k = c; k < r; k++) sum -= (lower[r * size + k] ?? 0) * (column[k] ?? 0);
      const value = sum / (lower[r * size + r] ?? 1);
      column[r] = value;
      sumOfSquares += value * value;
    }
    diagonal[c] = sumOfSquares;
  }
  return diagonal;
}
