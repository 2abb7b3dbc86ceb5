import { largest } from '../../shared/append.ts';
/** An upper triangular R and the first part of Qᵀ · right for a tall least-squares problem seen block by block. */
export interface Triangle {
  readonly size: number;
  /** size × (size + 1), row-major: R, and Qᵀ · right as the last column. */
  readonly values: Float64Array;
}

export const emptyTriangle = (size: number): Triangle => ({ size, values: new Float64Array(size * (size + 1)) });

/**
 * Works further rows into the triangle by Householder reflections (the row-block QR of Golub and Van Loan, 5.2.2): as accurate as a QR of the
 * whole matrix, in memory of one block.
 *
 * @param columns size + 1 arrays of the rows' values, the last the right side; destroyed
 */
export function foldRows({ size, values }: Triangle, columns: readonly Float64Array[], rows: number): void {
  const stride = size + 1;
  for (let c = 0; c < size; c++) {
    const own = columns[c];
    if (!own) continue;
    let below = 0;
    for (let i = 0; i < rows; i++) below += (own[i] ?? 0) ** 2;
    if (below === 0) continue;
    const corner = values[c * stride + c] ?? 0;
    const length = Math.sqrt(corner * corner + below);
    // The sign that adds sizes: no digits are lost.
    const head = corner >= 0 ? corner + length : corner - length;
    const factor = 2 / (head * head + below);
    values[c * stride + c] = corner >= 0 ? -length : length;
    for (let d = c + 1; d <= size; d++) {
      const other = columns[d];
      if (!other) continue;
      const at = c * stride + d;
      let inner = head * (values[at] ?? 0);
      for (let i = 0; i < rows; i++) inner += (own[i] ?? 0) * (other[i] ?? 0);
      const share = factor * inner;
      values[at] = (values[at] ?? 0) - share * head;
      for (let i = 0; i < rows; i++) other[i] = (other[i] ?? 0) - share * (own[i] ?? 0);
    }
  }
}

export interface Solution {
  readonly x: Float64Array;
  readonly rank: number;
  /** Columns that are sums of the others, to within rounding. */
  readonly dependent: readonly number[];
}

/**
 * Least squares from a triangle, of all solutions the one with the smallest norm of x / `unit`, as NumPy's `lstsq`: QR with column pivoting
 * finds the rank, a second QR the shortest solution (the complete orthogonal decomposition, Golub and Van Loan 5.4.2).
 *
 * @param tolerance a column that adds less than this share of the largest counts as dependent
 * @param unit what one of each unknown is measured in
 */
export function solveTriangle(triangle: Triangle, tolerance: number, unit: Float64Array): Solution {
  const { size } = triangle;
  const columns = Array.from({ length: size + 1 }, (_, c) =>
    Float64Array.from({ length: size }, (_, r) => triangle.values[r * (size + 1) + c] ?? 0),
  );
  const right = columns.pop() ?? new Float64Array(size);
  const { order, rank } = pivotedReflections(columns, right, tolerance);
  // Row r of the rank × size matrix, back in the order of the unknowns and in their units.
  const rows = Array.from({ length: rank }, (_, r) => {
    const row = new Float64Array(size);
    order.forEach(
      (column, place) => (row[column] = place >= r ? (columns[column]?.[r] ?? 0) * (unit[column] ?? 1) : 0),
    );
    return row;
  });
  const x = shortestSolution(rows, right).map((value, j) => value * (unit[j] ?? 1));
  return { x, rank, dependent: order.slice(rank).sort((a, b) => a - b) };
}

/** Triangularises the columns in place, always taking the longest remaining one next; applies the same to `right`. */
function pivotedReflections(
  columns: readonly Float64Array[],
  right: Float64Array,
  tolerance: number,
): { order: number[]; rank: number } {
  const order = columns.map((_, c) => c);
  const size = right.length;
  let first = 0;
  for (let step = 0; step < order.length; step++) {
    const lengths = order.slice(step).map((c) => lengthFrom(columns[c] ?? right, step));
    const top = largest(lengths);
    if (step === 0) first = top;
    if (top <= tolerance * first || top === 0) return { order, rank: step };
    const chosen = step + lengths.indexOf(top);
    const pivot = order[chosen] ?? 0;
    order.splice(chosen, 1);
    order.splice(step, 0, pivot);
    const own = columns[pivot] ?? right;
    const reflect = reflection(own, step, size);
    for (const other of order.slice(step + 1)) reflect(columns[other] ?? right);
    reflect(right);
    const corner = own[step] ?? 0;
    own.fill(0, step + 1);
    own[step] = corner >= 0 ? -top : top;
  }
  return { order, rank: order.length };
}

/** The Householder reflection that clears `column` below `step`, as a function that applies it to other columns. */
function reflection(column: Float64Array, step: number, size: number): (other: Float64Array) => void {
  const vector = column.slice(step, size);
  const length = lengthFrom(column, step);
  const corner = vector[0] ?? 0;
  vector[0] = corner >= 0 ? corner + length : corner - length;
  const square = vector.reduce((sum, value) => sum + value * value, 0);
  return (other) => {
    if (square === 0) return;
    let inner = 0;
    for (let i = 0; i < vector.length; i++) inner += (vector[i] ?? 0) * (other[step + i] ?? 0);
    const share = (2 * inner) / square;
    for (let i = 0; i < vector.length; i++) other[step + i] = (other[step + i] ?? 0) - share * (vector[i] ?? 0);
  };
}

function lengthFrom(column: Float64Array, start: number): number {
  let sum = 0;
  for (let i = start; i < column.length; i++) sum += (column[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** The shortest x with rows · x = right (rows independent): rowsᵀ = Q U, Uᵀ z = right, x = Q z. */
function shortestSolution(rows: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = rows[0]?.length ?? right.length;
  const reflections: ((other: Float64Array) => void)[] = [];
  const z = new Float64Array(size);
  rows.forEach((row, step) => {
    const turned = row.slice();
    for (const reflect of reflections) reflect(turned);
    const length = lengthFrom(turned, step);
    const diagonal = (turned[step] ?? 0) >= 0 ? -length : length;
    let sum = right[step] ?? 0;
    for (let k = 0; k < step; k++) sum -= (turned[k] ?? 0) * (z[k] ?? 0);
    z[step] = sum / diagonal;
    reflections.push(reflection(turned, step, size));
  });
  for (const reflect of reflections.reverse()) reflect(z);
  return z;
}
