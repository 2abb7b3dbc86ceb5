import { describe, expect, it } from 'vitest';
import { bestOf, differs, evaluationTitles, figures, headline, sayFigure } from './compare-runs.ts';

describe('comparing runs', () => {
  it('evaluations of one title are told apart by the model that they measure', () => {
    const titles: Record<string, string> = { e: 'Evaluate', 'e-2': 'Evaluate', gb: 'Gradient boosting', all: 'Final' };
    const links = [{ from: { node: 'gb', port: 'model' }, to: { node: 'e', port: 'model' } }];
    expect(evaluationTitles(['e', 'e-2', 'all'], (node) => titles[node] ?? node, links)).toEqual([
      'Evaluate: Gradient boosting',
      'Evaluate (e-2)',
      'Final',
    ]);
  });
  it('knows the figures that are not the same in all runs', () => {
    const run = (f1: number, rows: number) => ({ metrics: { e: { f1, rows } }, positives: {} });
    expect(figures([run(0.9, 5), run(0.8, 5)]).map(differs)).toEqual([true, false]);
  });
  it('a run is told by one figure of its best evaluation, whichever ended first', () => {
    const baseline = { balanced_accuracy: 0.75, log_loss: 0.6 };
    const boosting = { balanced_accuracy: 0.83, log_loss: 0.4 };
    const train = { training_loss: 0.1 };
    for (const metrics of [
      { a: train, 'evaluate-b': baseline, 'evaluate-c': boosting },
      { 'evaluate-c': boosting, 'evaluate-b': baseline, a: train },
    ])
      expect(headline({ metrics })).toEqual({ node: 'evaluate-c', name: 'balanced_accuracy', value: 0.83 });
    expect(headline({ metrics: { a: train } })?.value).toBe(0.1);
    expect(headline({ metrics: {} })).toBeUndefined();
  });
  it('marks the best figure by the way that is better for it', () => {
    expect(
      figures([
        { metrics: { e: { roc_auc: 0.9, log_loss: 0.3 } }, positives: { e: 'yes' } },
        { metrics: { e: { roc_auc: 0.8, log_loss: 0.2 } }, positives: { e: 'no' } },
      ]),
    ).toEqual([
      { name: 'e.roc_auc', values: [0.9, 0.8], best: [0], positives: [] },
      { name: 'e.log_loss', values: [0.3, 0.2], best: [1], positives: [] },
    ]);
    expect([bestOf('matthews_corrcoef', [0.35, 0.27]), bestOf('ks_statistic', [0.3, 0.36])]).toEqual([[0], [1]]);
    expect([bestOf('rows', [1, 2]), bestOf('r2', [0.5, 0.5]), bestOf('r2', [0.5, null])]).toEqual([[], [], []]);
  });
  it('says of which class a figure is, and calls none better where the classes differ', () => {
    const run = (f1: number, positive: string) => ({ metrics: { e: { f1 } }, positives: { e: positive } });
    expect(figures([run(0.9, 'yes'), run(0.8, 'yes')])).toEqual([
      { name: 'e.f1', values: [0.9, 0.8], best: [0], positives: ['yes'] },
    ]);
    expect(figures([run(0.9, 'yes'), run(0.8, 'no')])).toEqual([
      { name: 'e.f1', values: [0.9, 0.8], best: [], positives: ['yes', 'no'] },
    ]);
  });
  it('says figures shortly', () => {
    expect([0.91449, 12.345, 1234.5, 0.0000123, 69, null, -0.5].map(sayFigure)).toEqual([
      '0.914',
      '12.3',
      '1,235',
      '1.23e-5',
      '69',
      '–',
      '-0.500',
    ]);
  });
});
