import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { checkEvaluator, evaluatorInputs, evaluatorOutputs, rowsField } from '../../../shared/kind/evaluator.ts';

export const spec = defineSpec({
  kind: 'evaluate.regression',
  version: 1,
  computes: 2,
  title: 'Evaluate regression',
  about: 'Measures how far predicted numbers are from the truth: R², errors, and charts of what is left.',
  keywords: [
    'R2',
    'RMSE',
    'MAE',
    'MAPE',
    'residuals',
    'error',
    'mean squared error',
    'mean absolute error',
    'root mean squared error',
    'MSE',
    'r squared',
    'numeric scorer',
    'residual plot',
  ],
  icon: 'chart-scatter',
  inputs: evaluatorInputs,
  outputs: evaluatorOutputs,
  params: z.strictObject({ rows: rowsField }),
  form: 'task',
  rows: 'same',
  summary: ({ rows }) =>
    `measure on ${rows === 'auto' ? 'the test rows' : { test: 'the test rows', validation: 'the validation rows', train: 'the training rows', all: 'all rows' }[rows]}`,
  check: (context) => checkEvaluator(context),
});
