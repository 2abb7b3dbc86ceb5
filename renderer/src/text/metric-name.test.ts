import { expect, it } from 'vitest';
import { sayMetricName } from './metric-name.ts';

it('says the names of figures in words, with how they were averaged after a comma', () => {
  expect(
    ['accuracy', 'f1_macro', 'roc_auc', 'roc_auc_ovr_weighted', 'r2', 'matthews_corrcoef', 'rows_without_target'].map(
      sayMetricName,
    ),
  ).toEqual([
    'Accuracy',
    'F1, macro',
    'ROC AUC',
    'ROC AUC, one against rest, weighted',
    'R²',
    'Matthews correlation',
    'Rows without target',
  ]);
});
