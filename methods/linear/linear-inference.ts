import { studentTTail } from '../statistics/student-t.ts';
import { type Cholesky, inverseDiagonal } from './cholesky.ts';
import type { ColumnFrame } from './framed-column.ts';
import type { LeastSquaresSolution } from './least-squares.ts';
import type { LinearModel } from './model.ts';

/** The classical tests of ordinary (or weighted) least squares, as in R's `summary.lm` and statsmodels' `OLS` and `WLS`. */
export interface LinearInference {
  readonly degreesOfFreedom: number;
  /** Estimated standard deviation of the errors. */
  readonly residualError: number;
  readonly standardErrors: Float64Array;
  readonly tValues: Float64Array;
  /** Two-sided. */
  readonly pValues: Float64Array;
  readonly intercept?: { readonly standardError: number; readonly tValue: number; readonly pValue: number };
}

export interface InferenceInput {
  readonly model: LinearModel;
  readonly solution: LeastSquaresSolution;
  readonly frame: ColumnFrame;
  /** Rows of weight above 0. */
  readonly rows: number;
  readonly totalWeight: number;
  readonly fitIntercept: boolean;
}

/** NaN for constant columns; undefined where columns depend on each other or no rows are left to estimate the error. */
export function inferLinear({
  model,
  solution,
  frame,
  rows,
  totalWeight,
  fitIntercept,
}: InferenceInput): LinearInference | undefined {
  const degreesOfFreedom = rows - solution.rank - (fitIntercept ? 1 : 0);
  if (!solution.factor || degreesOfFreedom < 1) return undefined;
  const residualError = Math.sqrt(solution.residualSquares / degreesOfFreedom);
  const standardErrors = inverseDiagonal(solution.factor).map((value, j) =>
    solution.dependent.includes(j) ? NaN : (residualError * Math.sqrt(value)) / (frame.scale[j] ?? 1),
  );
  const tValues = model.coefficients.map((value, j) => value / (standardErrors[j] ?? NaN));
  const pValues = tValues.map((t) => 2 * studentTTail(Math.abs(t), degreesOfFreedom));
  const base = { degreesOfFreedom, residualError, standardErrors, tValues, pValues };
  if (!fitIntercept) return base;
  const standardError = residualError * Math.sqrt(1 / totalWeight + leverageOfOrigin(solution.factor, frame));
  const tValue = model.intercept / standardError;
  return {
    ...base,
    intercept: { standardError, tValue, pValue: 2 * studentTTail(Math.abs(tValue), degreesOfFreedom) },
  };
}

/** ‖L⁻¹ m‖², m the framed centre: what the point 0 of all columns costs. */
function leverageOfOrigin({ size, lower }: Cholesky, { centre, scale }: ColumnFrame): number {
  const y = new Float64Array(size);
  let squares = 0;
  for (let r = 0; r < size; r++) {
    let sum = (centre[r] ?? 0) / (scale[r] ?? 1);
    for (let k = 0; k < r; k++) sum -= (lower[r * size + k] ?? 0) * (y[k] ?? 0);
    const value = sum / (lower[r * size + r] ?? 1);
    y[r] = value;
    squares += value * value;
  }
  return squares;
}
