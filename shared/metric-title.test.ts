import { expect, it } from 'vitest';
import { titleOfMetric } from './metric-title.ts';

it('says the names of figures in words, with how they were averaged after a comma', () => {
  expect(
    [
      'accuracy',
      'f1_macro',
      'roc_auc',
      'roc_auc_ovr_weighted',
      'r2',
      'matthews_corrcoef',
      'cohen_kappa',
      'ks_statistic',
      'constructor',
      'rows_without_target',
    ].map(titleOfMetric),
  ).toEqual([
    'Accuracy',
    'F1, macro',
    'ROC AUC',
    'ROC AUC, one against rest, weighted',
    'R²',
    'Matthews correlation',
    'Cohen’s kappa',
    'KS statistic',
    'Constructor',
    'Rows without target',
  ]);
});
