/** Which of the groups that were found a row belongs to: the number of the nearest, from 0. */
import type { ModelTask } from '../model-task.ts';

export const task: ModelTask = {
  task: 'clustering',
  gives: 'clusters',
  answers: () => [{ name: 'prediction', type: 'BIGINT', from: 'prediction' }],
  read: (distances, rows) => ({ prediction: nearest(distances, rows), probabilities: new Float64Array(0) }),
  addAnswers: (g, distances) => {
    const [cluster = ''] = g.node('ArgMin', [distances], { axis: 1, keepdims: 1 });
    return { prediction: { value: cluster, type: 'int64' } };
  },
  sayExported: (_model, { prediction }) =>
    `the output "${prediction}" is the number of the cluster, from 0; of a row that still has a missing value it means nothing`,
};

/** The first among equals; NaN where there is no distance. @param distances [rows, clusters], row-major */
function nearest(distances: Float64Array, rows: number): Float64Array {
  const clusters = rows === 0 ? 0 : distances.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    const own = distances.subarray(row * clusters, (row + 1) * clusters);
    return own.some(Number.isNaN) ? Number.NaN : own.reduce((best, d, k) => (d < (own[best] ?? 0) ? k : best), 0);
  });
}
