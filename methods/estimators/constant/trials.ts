import type { EstimatorTrial } from '../trial.ts';
import { classShares, meanValue } from './fit-constant.ts';
import { form } from './form.ts';

const common = { missing: 'a-value', isInformed: false, permuted: 0, weighted: 1e-12, exported: 0 } as const;

export const trials: readonly EstimatorTrial[] = [
  {
    ...common,
    title: 'shares of three classes',
    task: 'classification',
    classes: 3,
    fit: async ({ target, weights }) => ({ estimator: form.encode(classShares(target, 3, weights)) }),
  },
  {
    ...common,
    title: 'mean',
    task: 'regression',
    fit: async ({ target, weights }) => ({ estimator: form.encode(meanValue(target, weights)) }),
  },
];
