import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import {
  checkEvaluator,
  classFields,
  evaluatorInputs,
  evaluatorOutputs,
  rowsField,
  sayMeasuredRows,
} from '../../../shared/kind/evaluator.ts';

export const spec = defineSpec({
  kind: 'evaluate.model',
  version: 1,
  computes: 3,
  title: 'Evaluate',
  about:
    'Measures how well a model predicts rows that it has not seen: classes or numbers, whatever the model predicts.',
  keywords: [
    'score',
    'metrics',
    'accuracy',
    'AUC',
    'R2',
    'confusion matrix',
    'test and score',
    'validation',
    'scorer',
    'model evaluation',
    'model performance',
    'test model',
    'check model',
    'holdout score',
  ],
  icon: 'gauge',
  inputs: evaluatorInputs,
  outputs: evaluatorOutputs,
  params: z.strictObject({ rows: rowsField, ...classFields }),
  form: 'task',
  rows: 'same',
  summary: sayMeasuredRows,
  check: (context) => checkEvaluator(context),
});
