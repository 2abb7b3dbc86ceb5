/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5). Of the known ways the one that
 * keeps small eigenvalues exact beside large ones (Demmel and Veselić 1992), and made of nothing but sums, products, quotients and square roots: the same bits on
 * every machine.
 */
import { breathe, type LongTask } from '../long-task.ts';

export interface Eigen {
  /** Falling. */
  readonly values: Float64Array;
  /** [values, size]: one eigenvector a row, of length 1. */
  readonly vectors: Float64Array;
}

/** Ten suffice for a thousand columns; convergence is quadratic. */
const mostSweeps = 60;

/** @param matrix [size, size], symmetric; left as it is */
export async function symmetricEigen(matrix: Float64Array, size: number, task: LongTask = {}): Promise<Eigen> {
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  let largest = 0;
  for (const value of a) largest = Math.max(largest, Math.abs(value));
  const nothing = Number.EPSILON * Number.EPSILON * largest;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let turned = false;
    for (let p = 0; p < size - 1; p++) {
      await breathe(task);
      for (let q = p + 1; q < size; q++) turned = turn(a, vectors, size, p, q, nothing) || turned;
    }
    if (!turned) break;
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((p, q) => at(a, q * size + q) - at(a, p * size + p));
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (i) => at(a, i * size + i)), vectors: sorted };
}

/** Makes a[p, q] zero; false where it is zero already beside the diagonal. */
function turn(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number, nothing: number): boolean {
  const off = at(a, p * size + q);
  const app = at(a, p * size + p);
  const aqq = at(a, q * size + q);
  const small = Number.EPSILON * Math.sqrt(Math.abs(app)) * Math.sqrt(Math.abs(aqq));
  if (Math.abs(off) <= Math.max(small, nothing)) return false;
  const theta = (aqq - app) / (2 * off);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  rotateRows(a, size, p, q, cosine, sine);
  for (let k = 0; k < size; k++) {
    a[k * size + p] = at(a, p * size + k);
    a[k * size + q] = at(a, q * size + k);
  }
  a[p * size + p] = app - tangent * off;
  a[q * size + q] = aqq + tangent * off;
  a[p * size + q] = 0;
  a[q * size + p] = 0;
  rotateRows(vectors, size, p, q, cosine, sine);
  return true;
}

function rotateRows(m: Float64Array, size: number, p: number, q: number, cosine: number, sine: number): void {
  for (let k = 0; k < size; k++) {
    const mp = at(m, p * size + k);
    const mq = at(m, q * size + k);
    m[p * size + k] = cosine * mp - sine * mq;
    m[q * size + k] = sine * mp + cosine * mq;
  }
}

const at = (values: Float64Array, i: number): number => values[i] ?? 0;
