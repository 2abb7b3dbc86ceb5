import type { FeatureMatrix } from '../../linear/feature-matrix.ts';
import { fitLinear } from '../../linear/fit-linear.ts';
import { fitLogistic } from '../../linear/fit-logistic.ts';
import type { EstimatorTrial, TrialRows } from '../trial.ts';
import { form } from './form.ts';

const common = { missing: 'no-answer', isInformed: true, permuted: 1e-9, weighted: 1e-9, exported: 1e-12 } as const;

const logistic = (classes: number): EstimatorTrial => ({
  ...common,
  title: `logistic, ${classes} classes`,
  task: 'classification',
  classes,
  fit: async (rows) => {
    const weight = rows.weights === undefined ? {} : { weight: rows.weights };
    const { model } = await fitLogistic(matrixOf(rows), Int32Array.from(rows.target), classes, weight);
    return { estimator: form.encode(model) };
  },
});

const leastSquares = (alpha: number): EstimatorTrial => ({
  ...common,
  title: alpha === 0 ? 'least squares' : 'ridge',
  task: 'regression',
  fit: async (rows) => {
    const weight = rows.weights === undefined ? {} : { weight: rows.weights };
    const { model } = await fitLinear(matrixOf(rows), rows.target, { alpha, ...weight });
    return { estimator: form.encode(model) };
  },
});

export const trials: readonly EstimatorTrial[] = [logistic(2), logistic(3), leastSquares(0), leastSquares(1)];

const matrixOf = ({ rows, columns, values }: TrialRows): FeatureMatrix => ({ rows, columns, values });
