/** How unlike the training rows a row is: a score, larger where it is more unusual. From which on it is called an anomaly is a person's choice. */
import type { ModelTask } from '../model-task.ts';

export const task: ModelTask = {
  task: 'anomaly',
  gives: 'anomaly scores',
  answers: () => [{ name: 'prediction', type: 'DOUBLE', from: 'prediction' }],
  read: (scores) => ({ prediction: scores, probabilities: new Float64Array(0) }),
  addAnswers: (_g, scores) => ({ prediction: { value: scores, type: 'double' } }),
  sayExported: (_model, { prediction }) =>
    `the output "${prediction}" is the anomaly score: the larger, the more unlike the training rows`,
};
