import { breathe, type LongTask } from '../long-task.ts';
import { type Cholesky, cholesky, solveCholesky } from './cholesky.ts';
import type { ColumnFrame } from './framed-column.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { emptyTriangle, foldRows, solveTriangle } from './orthogonal.ts';
import {
  addGram,
  addTransposeTimes,
  blockRows,
  blockTimes,
  eachBlock,
  rowBlock,
  type RowBlock,
  weightBlock,
} from './row-block.ts';

/** min Σ weight (target − framed · x)² + Σ penalty x²; framed columns and centred target, so there is no intercept here. */
export interface LeastSquaresProblem {
  readonly features: FeatureMatrix;
  readonly frame: ColumnFrame;
  readonly target: Float64Array;
  readonly weight: Float64Array | undefined;
  /** For each column, in framed units. */
  readonly penalty: Float64Array;
}

export interface LeastSquaresSolution {
  /** In framed units. */
  readonly x: Float64Array;
  readonly rank: number;
  readonly dependent: readonly number[];
  /** Factor of the normal equations; absent where they are singular. */
  readonly factor: Cholesky | undefined;
  /** Σ weight (target − framed · x)² */
  readonly residualSquares: number;
}

/**
 * Normal equations with iterative refinement where the columns are well apart (each keeps at least 1e-8 of its variance beside the others: with
 * refinement that gives the digits of a QR at half its cost); else QR, with the shortest solution if columns depend on each other.
 */
export async function solveLeastSquares(problem: LeastSquaresProblem, task: LongTask): Promise<LeastSquaresSolution> {
  const { features, penalty } = problem;
  const size = features.columns.length;
  const { gram, padded } = normalEquations(problem);
  const empty: number[] = [];
  for (let j = 0; j < size; j++) {
    const diagonal = (gram[j * padded + j] ?? 0) + (penalty[j] ?? 0);
    // A constant column is all zeros here: any stiffness gives it the coefficient 0.
    gram[j * padded + j] = diagonal === 0 ? 1 : diagonal;
    if (diagonal === 0) empty.push(j);
  }
  const factor = cholesky(gram, size, { stride: padded, tolerance: 1e-8 });
  await breathe(task);
  if (!factor) {
    task.onProgress?.(0.4);
    return solveByReflections(problem);
  }

  const x = new Float64Array(size);
  let { gradient } = residuals(problem, x);
  // Three rounds: the first solves, the second refines, the third is the proof that nothing moves.
  for (let round = 0; round < 3; round++) {
    const change = solveCholesky(factor, gradient);
    let [moved, largest] = [0, 0];
    change.forEach((value, j) => {
      x[j] = (x[j] ?? 0) + value;
      moved = Math.max(moved, Math.abs(value));
      largest = Math.max(largest, Math.abs(x[j] ?? 0));
    });
    await breathe(task);
    task.onProgress?.(0.4 + 0.2 * round);
    if (moved <= 1e-13 * largest) break;
    ({ gradient } = residuals(problem, x));
  }
  return { x, rank: size - empty.length, dependent: empty, factor, residualSquares: residuals(problem, x).squares };
}

const weightOf = ({ weight }: LeastSquaresProblem, row: number): number => (weight ? (weight[row] ?? 0) : 1);

function normalEquations(problem: LeastSquaresProblem): { gram: Float64Array; padded: number } {
  const block = rowBlock(problem.features.columns.length, false);
  const gram = new Float64Array(block.padded * block.padded);
  const weighted = problem.weight ? new Float64Array(block.values.length) : block.values;
  eachBlock(problem.features, problem.frame, block, () => {
    if (problem.weight) weightBlock(block, problem.weight.subarray(block.start, block.start + block.rows), weighted);
    addGram(weighted, block, gram);
  });
  return { gram, padded: block.padded };
}

/** Half the negative gradient of the problem at x, and the squared residuals. */
function residuals(problem: LeastSquaresProblem, x: Float64Array): { gradient: Float64Array; squares: number } {
  const block = rowBlock(x.length, false);
  const paddedX = new Float64Array(block.padded);
  paddedX.set(x);
  const predicted = new Float64Array(blockRows);
  const gradient = new Float64Array(x.length);
  let squares = 0;
  eachBlock(problem.features, problem.frame, block, () => {
    blockTimes(block, paddedX, predicted);
    let part = 0;
    for (let i = 0; i < block.rows; i++) {
      const residual = (problem.target[block.start + i] ?? 0) - (predicted[i] ?? 0);
      const weight = weightOf(problem, block.start + i);
      part += weight * residual * residual;
      predicted[i] = weight * residual;
    }
    squares += part;
    addTransposeTimes(block, predicted, gradient);
  });
  for (let j = 0; j < x.length; j++) gradient[j] = (gradient[j] ?? 0) - (problem.penalty[j] ?? 0) * (x[j] ?? 0);
  return { gradient, squares };
}

function solveByReflections(problem: LeastSquaresProblem): LeastSquaresSolution {
  const { features, frame, penalty } = problem;
  const size = features.columns.length;
  const triangle = emptyTriangle(size);
  const block = rowBlock(size, false);
  const right = new Float64Array(blockRows);
  const columns = columnsOf(block, size, right);
  eachBlock(features, frame, block, () => {
    for (let i = 0; i < block.rows; i++) {
      const root = Math.sqrt(weightOf(problem, block.start + i));
      right[i] = root * (problem.target[block.start + i] ?? 0);
      if (problem.weight)
        for (let c = 0; c < size; c++) block.values[c * blockRows + i] = root * (block.values[c * blockRows + i] ?? 0);
    }
    foldRows(triangle, columns, block.rows);
  });
  foldPenalty(triangle, penalty);
  const tolerance = Math.max(1e-12, Number.EPSILON * Math.max(features.rows, size));
  // Among equal fits the shortest is wanted in the columns' own units: framed x is coefficient × scale.
  const { x, rank, dependent } = solveTriangle(triangle, tolerance, frame.scale);
  return { x, rank, dependent, factor: undefined, residualSquares: residuals(problem, x).squares };
}

const columnsOf = (block: RowBlock, size: number, right: Float64Array): Float64Array[] => [
  ...Array.from({ length: size }, (_, c) => block.values.subarray(c * blockRows, (c + 1) * blockRows)),
  right,
];

/** A penalty is a further row for each column: √penalty · x = 0. */
function foldPenalty(triangle: ReturnType<typeof emptyTriangle>, penalty: Float64Array): void {
  penalty.forEach((strength, j) => {
    if (strength === 0) return;
    const columns = Array.from({ length: triangle.size + 1 }, (_, c) =>
      Float64Array.of(c === j ? Math.sqrt(strength) : 0),
    );
    foldRows(triangle, columns, 1);
  });
}
