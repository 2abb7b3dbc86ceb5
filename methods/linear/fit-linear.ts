import { fault, type Warning } from '../../shared/errors.ts';
import type { LongTask } from '../long-task.ts';
import { weightedMean } from '../statistics/blocked-sum.ts';
import { columnFrame } from './column-frame.ts';
import type { ColumnFrame } from './framed-column.ts';
import { checkFeatures, checkVector, type FeatureMatrix } from './feature-matrix.ts';
import { constantWarnings } from './fit-logistic.ts';
import { type LeastSquaresSolution, solveLeastSquares } from './least-squares.ts';
import { type LinearInference, inferLinear } from './linear-inference.ts';
import type { LinearModel } from './model.ts';

export interface LinearOptions {
  /** Penalty on squared coefficients, as `alpha` of scikit-learn's `Ridge`; 0 for ordinary least squares. */
  readonly alpha?: number;
  readonly fitIntercept?: boolean;
  readonly weight?: Float64Array;
}

export interface LinearFit {
  readonly model: LinearModel;
  /** How many columns (beside the intercept) say something of their own. */
  readonly rank: number;
  /** Σ weight · (target − prediction)² over the training rows. */
  readonly residualSquares: number;
  /** Standard errors and tests; absent with a penalty, dependent columns or too few rows, where they have no meaning. */
  readonly inference?: LinearInference;
  readonly warnings: readonly Warning[];
}

/**
 * Ordinary least squares (`alpha` 0) or ridge regression with an unpenalised intercept, the problems of scikit-learn's `LinearRegression` and
 * `Ridge`. Where columns depend on each other or outnumber the rows, the solution of smallest norm is taken, as NumPy's `lstsq` does.
 *
 * @throws `linear.not-finite`, `linear.no-rows`, `linear.no-columns`, `linear.bad-option`
 */
export async function fitLinear(
  features: FeatureMatrix,
  target: Float64Array,
  options: LinearOptions = {},
  task: LongTask = {},
): Promise<LinearFit> {
  const { alpha = 0, fitIntercept = true, weight } = options;
  if (!(alpha >= 0 && alpha < Infinity))
    throw fault('linear.bad-option', { message: `Alpha is ${alpha}; it must be 0 or more.`, param: 'alpha' });
  checkFeatures(features);
  checkVector('target', target, features.rows);
  if (weight) checkVector('weight', weight, features.rows);

  const frame = columnFrame(features, weight, fitIntercept);
  const targetMean = fitIntercept ? meanOf(target, weight) : 0;
  const penalty = frame.scale.map((scale) => alpha / (scale * scale));
  const centred = target.map((value) => value - targetMean);
  const solution = await solveLeastSquares({ features, frame, target: centred, weight, penalty }, task);
  task.onProgress?.(1);

  const coefficients = solution.x.map((value, j) => value / (frame.scale[j] ?? 1));
  const intercept = fitIntercept
    ? coefficients.reduce((sum, value, j) => sum - value * (frame.centre[j] ?? 0), targetMean)
    : 0;
  const model: LinearModel = { task: 'regression', columns: features.columns, coefficients, intercept };
  const inference =
    alpha === 0
      ? inferLinear({
          model,
          solution,
          frame,
          rows: countedRows(features.rows, weight),
          totalWeight: totalOf(features.rows, weight),
          fitIntercept,
        })
      : undefined;
  return {
    model,
    rank: solution.rank,
    residualSquares: solution.residualSquares,
    ...(inference ? { inference } : {}),
    warnings: warningsOf(features, frame, solution),
  };
}

/** From the first value, so that a target far from zero keeps its digits. */
function meanOf(target: Float64Array, weight: Float64Array | undefined): number {
  const first = target[0] ?? 0;
  return (
    first +
    weightedMean(
      target.map((value) => value - first),
      weight,
    )
  );
}

const countedRows = (rows: number, weight: Float64Array | undefined): number =>
  weight ? weight.filter((value) => value > 0).length : rows;
const totalOf = (rows: number, weight: Float64Array | undefined): number =>
  weight ? weight.reduce((sum, value) => sum + value, 0) : rows;

function warningsOf(
  { columns, rows }: FeatureMatrix,
  { constant }: ColumnFrame,
  { dependent }: LeastSquaresSolution,
): Warning[] {
  const warnings = constantWarnings(columns, constant);
  const names = columns.filter((_, j) => dependent.includes(j) && constant[j] === 0);
  if (names.length === 0) return warnings;
  const tooFew = rows <= columns.length;
  return [
    ...warnings,
    {
      code: tooFew ? 'linear.few-rows' : 'linear.dependent-columns',
      severity: 'warning',
      message: tooFew
        ? `${rows} rows cannot tell ${columns.length} columns apart: of all coefficients that fit equally well, the smallest were taken.`
        : `Other columns already say what ${names.join(', ')} say${names.length === 1 ? 's' : ''}: of all coefficients that fit equally well, the smallest were taken.`,
      mend: 'Leave columns out, or set a penalty (alpha above 0). Predictions are not harmed, the single coefficients mean little.',
      facts: { columns: names },
    },
  ];
}
