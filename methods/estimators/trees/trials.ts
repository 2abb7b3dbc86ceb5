import { trainBoosting } from '../../trees/train-boosting.ts';
import type { EstimatorTrial } from '../trial.ts';
import { form } from './form.ts';

const boosting = (
  title: string,
  objective: 'logistic' | 'softmax' | 'squared-error',
  classes: number | undefined,
): EstimatorTrial => ({
  title,
  task: classes === undefined ? 'regression' : 'classification',
  ...(classes === undefined ? {} : { classes }),
  missing: 'a-value',
  isInformed: true,
  // Among equal gains the first column is taken, and of classes there are such.
  ...(classes === undefined ? { permuted: 0 } : {}),
  exported: 1e-6,
  fit: async ({ rows, columns, values, target, weights }, seed, { kernels }) => {
    const { ensemble } = await trainBoosting({
      features: Float32Array.from(values),
      rows,
      columns: columns.length,
      target,
      ...(weights === undefined ? {} : { weights }),
      objective,
      ...(objective === 'softmax' && classes !== undefined ? { classes } : {}),
      params: { rounds: 20, maxLeaves: 8, minRowsInLeaf: 5, rowFraction: 0.8 },
      kernels: await kernels(),
      seed,
    });
    return { estimator: form.encode(ensemble) };
  },
});

export const trials: readonly EstimatorTrial[] = [
  boosting('two classes', 'logistic', 2),
  boosting('three classes', 'softmax', 3),
  boosting('a number', 'squared-error', undefined),
];
