/** One number for each row. */
import { evaluateRegression } from '../../evaluation/evaluate-regression.ts';
import type { ModelTask } from '../model-task.ts';
import { largestErrors } from './largest-errors.ts';

export const task: ModelTask = {
  task: 'regression',
  gives: 'numbers',
  answers: () => [{ name: 'prediction', type: 'DOUBLE', from: 'prediction' }],
  read: (outputs) => ({ prediction: outputs, probabilities: new Float64Array(0) }),
  addAnswers: (_g, outputs) => ({ prediction: { value: outputs, type: 'double' } }),
  sayExported: ({ target }, { prediction }) => `the output "${prediction}" is the predicted ${target.name}`,
  measured: { truth: 'value', node: 'Evaluate regression', evaluate: evaluateRegression, worst: largestErrors },
};
