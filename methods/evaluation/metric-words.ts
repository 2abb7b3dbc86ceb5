/** Titles and explanations of the metrics, for people. The names are scikit-learn's. */
import { own } from '../../shared/own.ts';
import { titleOfMetric } from '../../shared/metric-title.ts';
import type { ReportBlock } from '../../shared/report.ts';
import type { MetricValue } from '../metrics/metric-value.ts';
import type { Comparison } from './baseline.ts';

type MetricsBlock = Extract<ReportBlock, { type: 'metrics' }>;
interface Words {
  better?: 'higher' | 'lower';
  help: string;
}

const words: Readonly<Record<string, Words>> = {
  accuracy: { better: 'higher', help: 'Share of rows predicted rightly.' },
  balanced_accuracy: {
    better: 'higher',
    help: 'Mean over the classes of the share found: rare classes count as much as frequent ones.',
  },
  precision: { better: 'higher', help: 'Of the rows called positive, the share that are.' },
  recall: { better: 'higher', help: 'Of the positive rows, the share that were found.' },
  f1: { better: 'higher', help: 'Harmonic mean of precision and recall.' },
  f1_macro: { better: 'higher', help: 'Mean of the F1 of each class.' },
  f1_weighted: { better: 'higher', help: 'Mean of the F1 of each class, weighted by its rows.' },
  f1_micro: { better: 'higher', help: 'F1 over all rows together.' },
  roc_auc: {
    better: 'higher',
    help: 'Chance that a positive row is given a higher probability than a negative one; for more classes the mean of each against the rest. 0.5 is guessing.',
  },
  roc_auc_ovr: {
    better: 'higher',
    help: 'Mean over the classes of the area under the curve of each against the rest.',
  },
  roc_auc_ovr_weighted: {
    better: 'higher',
    help: 'The same, weighted by the rows of each class.',
  },
  average_precision: {
    better: 'higher',
    help: 'Area under the precision–recall curve, by steps.',
  },
  log_loss: {
    better: 'lower',
    help: 'How surprised the probabilities are by what happened; confident errors cost most.',
  },
  brier_score: {
    better: 'lower',
    help: 'Mean squared distance of the probabilities from what happened.',
  },
  matthews_corrcoef: {
    better: 'higher',
    help: 'Correlation of predicted and true classes: 1 perfect, 0 no better than chance.',
  },
  cohen_kappa: { better: 'higher', help: 'Agreement beyond chance.' },
  ks_statistic: {
    better: 'higher',
    help: 'Kolmogorov–Smirnov: the greatest distance between the score distributions of positives and negatives.',
  },
  calibration_error: {
    better: 'lower',
    help: 'Mean distance between predicted and observed shares over ten bins of equal width.',
  },
  coverage: { better: 'higher', help: 'Share of the rows with a target that the model answered.' },
  r2: {
    better: 'higher',
    help: 'Share of the variance that is explained: 1 perfect, 0 no better than the mean, below 0 worse.',
  },
  explained_variance: {
    better: 'higher',
    help: 'As R², but a constant error is forgiven.',
  },
  mean_absolute_error: {
    better: 'lower',
    help: 'Mean distance from the truth, in units of the target.',
  },
  mean_squared_error: { better: 'lower', help: 'Mean of the squared distances.' },
  root_mean_squared_error: {
    better: 'lower',
    help: 'Typical error in units of the target; large errors count more.',
  },
  median_absolute_error: { better: 'lower', help: 'Half of the errors are smaller.' },
  mean_absolute_percentage_error: {
    better: 'lower',
    help: 'Mean error as a share of the truth; without meaning where the truth is near 0.',
  },
  max_error: { better: 'lower', help: 'The worst row.' },
};

export function metricItems(metrics: readonly MetricValue[], comparison?: Comparison): MetricsBlock['items'] {
  return metrics.map(({ name, value, signature, note }) => {
    const known = own(words, name);
    const help = [known?.help, note].filter((text) => text !== undefined).join(' ');
    const interval = comparison?.intervals.get(name);
    const baseline = comparison?.values.get(name);
    return {
      name,
      title: titleOfMetric(name),
      value: Number.isFinite(value) ? value : null,
      signature,
      ...(known?.better ? { better: known.better } : {}),
      ...(help === '' ? {} : { help }),
      ...(interval === undefined ? {} : { interval }),
      ...(baseline === undefined || !Number.isFinite(baseline)
        ? {}
        : { baseline: { title: comparison?.baseline ?? '', value: baseline } }),
    };
  });
}

/** The few that answer "how good is it" first, what there is to say about them, then all in a table with their notes. */
export function metricBlocks(
  metrics: readonly MetricValue[],
  headline: readonly string[],
  comparison?: Comparison,
  said: readonly ReportBlock[] = [],
): ReportBlock[] {
  const top = headline.flatMap((name) => metrics.find((metric) => metric.name === name) ?? []);
  return [
    { type: 'metrics', items: metricItems(top, comparison) },
    ...said,
    {
      type: 'table',
      title: 'All metrics',
      columns: [
        { name: 'metric', title: 'Metric', align: 'left' },
        { name: 'value', title: 'Value', align: 'right' },
        { name: 'name', title: 'Name', align: 'left' },
        { name: 'note', title: 'Note', align: 'left' },
      ],
      rows: metrics.map(({ name, value, note }) => [
        titleOfMetric(name),
        Number.isFinite(value) ? value : null,
        name,
        note ?? '',
      ]),
    },
  ];
}
