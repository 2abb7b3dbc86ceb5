import { fitKMeans } from '../../clustering/fit-k-means.ts';
import type { EstimatorTrial } from '../trial.ts';
import { form } from './form.ts';

export const trials: readonly EstimatorTrial[] = [
  {
    title: 'k-means',
    task: 'clustering',
    missing: 'no-answer',
    isInformed: true,
    permuted: 0,
    exported: 0,
    fit: async (rows, seed) => {
      const settings = { clusters: 4, init: 'k-means++', starts: 5, maxIterations: 300, tolerance: 1e-4 } as const;
      const { centres } = await fitKMeans(rows, { ...settings, seed });
      return { estimator: form.encode({ columns: rows.columns, values: centres }) };
    },
  },
];
