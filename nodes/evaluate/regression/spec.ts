import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import {
  checkEvaluator,
  evaluatorInputs,
  evaluatorOutputs,
  rowsField,
  sayMeasuredRows,
} from '../../../shared/kind/evaluator.ts';

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
  summary: sayMeasuredRows,
  check: (context) => checkEvaluator(context),
});
