/** Names of figures and facts as people read them: `roc_auc_ovr` → "ROC AUC, one against rest". */
import { own } from './own.ts';

const signs: Readonly<Record<string, string>> = {
  auc: 'AUC',
  f1: 'F1',
  ks: 'KS',
  mae: 'MAE',
  mape: 'MAPE',
  mse: 'MSE',
  r2: 'R²',
  rmse: 'RMSE',
  roc: 'ROC',
  corrcoef: 'correlation',
};
/** What no rule gives. */
const titles: Readonly<Record<string, string>> = { cohen_kappa: 'Cohen’s kappa' };
/** How a figure was averaged over classes stands after a comma. */
const averages = /_(macro|micro|weighted|ovr_weighted|ovr)$/;
const sayAverage: Readonly<Record<string, string>> = {
  ovr: 'one against rest',
  ovr_weighted: 'one against rest, weighted',
};

export function titleOfMetric(name: string): string {
  const title = own(titles, name);
  if (title !== undefined) return title;
  const average = averages.exec(name)?.[1];
  const bare = average === undefined ? name : name.slice(0, -average.length - 1);
  const words = bare.split(/[_\s]+/).map((word) => own(signs, word) ?? word);
  const text = words.join(' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${average === undefined ? '' : `, ${own(sayAverage, average) ?? average}`}`;
}
