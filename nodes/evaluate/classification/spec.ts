import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import {
  checkEvaluator,
  classFields,
  evaluatorInputs,
  evaluatorOutputs,
  rowsField,
} from '../../../shared/kind/evaluator.ts';

export const spec = defineSpec({
  kind: 'evaluate.classification',
  version: 1,
  computes: 3,
  title: 'Evaluate classification',
  about:
    'Measures a classifier: accuracy, F1, ROC AUC, log loss, confusion matrix, curves, calibration and thresholds.',
  keywords: [
    'accuracy',
    'AUC',
    'ROC',
    'F1',
    'precision',
    'recall',
    'confusion matrix',
    'classification_report',
    'calibration',
    'threshold',
    'ROC curve',
    'precision recall curve',
    'lift chart',
    'sensitivity',
    'specificity',
    'log loss',
    'Brier score',
    'F-score',
    'balanced accuracy',
    'average precision',
    'scorer',
  ],
  icon: 'target',
  inputs: evaluatorInputs,
  outputs: evaluatorOutputs,
  params: z.strictObject({ rows: rowsField, ...classFields }),
  form: 'task',
  rows: 'same',
  summary: ({ rows }) =>
    `measure on ${rows === 'auto' ? 'the test rows' : { test: 'the test rows', validation: 'the validation rows', train: 'the training rows', all: 'all rows' }[rows]}`,
  check: (context) => checkEvaluator(context),
});
