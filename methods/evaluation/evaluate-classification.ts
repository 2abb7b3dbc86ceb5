/** From scored rows to metrics and a report, for classes. */
import { largest, smallest } from '../../shared/append.ts';
import type { Scored } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import type { ReportBlock, ReportSetting } from '../../shared/report.ts';
import { expectedCalibrationError } from '../metrics/calibration-curve.ts';
import { metricSignature, type MetricValue } from '../metrics/metric-value.ts';
import { probabilitiesOf } from '../metrics/probability-scores.ts';
import { scoreClassification } from '../metrics/score-classification.ts';
import { byClassBlock, confusionBlock, curveBlocks, thresholdBlocks } from './classification-blocks.ts';
import { calibrationBins, calibrationChart, topCalibration } from './classification-charts.ts';
import { chipsOf, coverage, type Evaluation, measuredRows, type MeasuredRows, onRows, sayRows } from './measured.ts';
import { classBaseline, verdicts } from './baseline.ts';
import { metricBlocks } from './metric-words.ts';
import { isUneven, positiveClass } from './positive-class.ts';

export interface ClassificationOptions {
  /** Label of the class that is called positive, of two; where empty, by the rule of `positive-class.ts`. */
  positive: string;
  /** From which probability on a row is positive, of two classes; null: the more likely class. */
  threshold: number | null;
  /** Training rows of each class that the model knows; unknown for older models. */
  classRows?: readonly number[] | undefined;
  /** The model is a baseline itself: it is not compared with one. */
  isBaseline?: boolean;
}

/**
 * @throws `evaluate.no-rows`, `evaluate.positive`, `evaluate.threshold`
 */
// Over 80 lines: one report, section by section.
export function evaluateClassification(scored: Scored, options: ClassificationOptions): Evaluation {
  const measured = measuredRows(scored);
  if (measured.rows === 0)
    throw fail('evaluate.no-rows', {
      message: `Of the ${sayRows(measured.on)}, none has both a target and a prediction.`,
      mend: 'Check the target and the filters before this node.',
    });
  const rows = classificationRows(scored, measured);
  const binary = rows.classes.length === 2;
  const positive = chosenPositive(rows.classes, options, binary);
  const threshold = binary ? options.threshold : null;
  const predicted = threshold === null ? rows.predicted : byThreshold(rows, positive, threshold);
  const scores = scoreClassification({
    classes: rows.classes,
    truth: rows.truth,
    probabilities: rows.probabilities,
    predicted,
    positive,
    ...(rows.weight ? { weight: rows.weight } : {}),
  });

  const calibration = binary
    ? calibrationBins(
        rows.truth.reduce((is, k, row) => ((is[row] = k === positive ? 1 : 0), is), new Uint8Array(measured.rows)),
        probabilitiesOf({ values: rows.probabilities, classCount: 2 }, positive),
        rows.weight,
      )
    : undefined;
  const measuredMetrics = onRows(
    [
      ...withThreshold(scores.values, threshold),
      ...oneName(scores.values),
      ...(calibration
        ? [
            {
              name: 'calibration_error',
              value: expectedCalibrationError(calibration),
              signature: metricSignature('calibration_error', {
                bins: 10,
                strategy: 'uniform',
                positive: rows.classes[positive] ?? '',
              }),
            },
          ]
        : []),
      ...(measured.withoutPrediction > 0 ? [coverage(measured)] : []),
    ],
    measured,
  );
  const seen = rows.classes.map((_, k) => rows.truth.reduce((n, own) => n + (own === k ? 1 : 0), 0));
  const counts = options.classRows ?? seen.slice(0, scored.classes.length);
  const uneven = isUneven(counts);
  const headline: readonly string[] = headlines[binary ? 'two' : 'many'][uneven ? 'uneven' : 'even'];
  // What is asked for first is told first: cards and lists show that figure.
  const rank = (name: string): number => headline.indexOf(name) + 1 || headline.length + 1;
  const metrics = [...measuredMetrics].sort((a, b) => rank(a.name) - rank(b.name));
  const comparison = options.isBaseline
    ? undefined
    : classBaseline(
        {
          classes: rows.classes,
          classCount: rows.classes.length,
          truth: rows.truth,
          predicted,
          positive,
          weight: rows.weight,
          ...(binary ? { score: probabilitiesOf({ values: rows.probabilities, classCount: 2 }, positive) } : {}),
        },
        counts,
        headline,
      );
  const blocks: ReportBlock[] = [
    ...notes(scored, measured),
    ...metricBlocks(metrics, headline, comparison, [
      ...verdicts(comparison, metrics[0], measured),
      ...(uneven ? [unevenNote(rows.classes, counts, options.classRows !== undefined)] : []),
    ]),
    confusionBlock(scores, rows.classes, scored.unseen),
    ...curveBlocks(scores, rows.classes, positive, binary),
    calibration
      ? calibrationChart(rows.classes[positive] ?? '', calibration)
      : topCalibration(rows.truth, predicted, rows.probabilities, rows.classes.length, rows.weight),
    ...thresholdBlocks(scores, positive, binary, threshold ?? 0.5),
    byClassBlock(scores),
  ];
  const chips = [
    ...chipsOf(measured),
    ...(binary ? [`positive class: ${rows.classes[positive] ?? ''}`] : [`${rows.classes.length} classes`]),
    ...(threshold === null ? [] : [`threshold ${threshold}`]),
  ];
  const settings = binary ? [positiveSetting(rows.classes, options)] : [];
  return { metrics, report: { title: 'Evaluation', chips, settings, blocks } };
}

const headlines = {
  two: {
    even: ['accuracy', 'roc_auc', 'f1', 'precision', 'recall', 'log_loss'],
    uneven: ['balanced_accuracy', 'average_precision', 'f1', 'precision', 'recall', 'roc_auc', 'accuracy'],
  },
  many: {
    even: ['accuracy', 'balanced_accuracy', 'f1_macro', 'roc_auc', 'log_loss'],
    uneven: ['balanced_accuracy', 'f1_macro', 'average_precision', 'roc_auc', 'accuracy', 'log_loss'],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

function unevenNote(classes: readonly string[], counts: readonly number[], ofTraining: boolean): ReportBlock {
  const all = counts.reduce((sum, n) => sum + n, 0);
  const percent = (k: number): string => `${((100 * (counts[k] ?? 0)) / all).toFixed(1)} %`;
  const most = counts.indexOf(largest(counts));
  const least = counts.indexOf(smallest(counts));
  return {
    type: 'text',
    text: `The classes are uneven: of the ${ofTraining ? 'training' : 'measured'} rows ${percent(most)} are "${classes[most] ?? ''}" and ${percent(least)} "${classes[least] ?? ''}". Who always says "${classes[most] ?? ''}" is right in ${percent(most)} of such rows, so figures that count each class alike come first.`,
    tone: 'note',
  };
}

/** The choice beside the figures. */
function positiveSetting(classes: readonly string[], { positive, classRows }: ClassificationOptions): ReportSetting {
  const automatic = classes[positiveClass(classes, classRows)] ?? '';
  return {
    param: 'positive',
    title: 'Positive class',
    value: positive,
    choices: [
      { value: '', title: `automatic: ${automatic}` },
      ...classes.map((label) => ({ value: label, title: label })),
    ],
  };
}

interface ClassificationRows {
  classes: string[];
  truth: Int32Array;
  predicted: Int32Array;
  probabilities: Float64Array;
  weight?: Float64Array;
}

/** Classes that the model has never seen come last, with probability 0. */
function classificationRows(scored: Scored, { kept }: MeasuredRows): ClassificationRows {
  const known = scored.classes.length;
  const classes = [...scored.classes.map(String), ...scored.unseen];
  const probabilities = new Float64Array(kept.length * classes.length);
  kept.forEach((row, i) =>
    probabilities.set(scored.probabilities.subarray(row * known, (row + 1) * known), i * classes.length),
  );
  return {
    classes,
    truth: Int32Array.from(kept, (row) => scored.target[row] ?? -1),
    predicted: Int32Array.from(kept, (row) => scored.prediction[row] ?? -1),
    probabilities,
    ...(scored.weights ? { weight: Float64Array.from(kept, (row) => scored.weights?.[row] ?? 0) } : {}),
  };
}

function chosenPositive(
  classes: readonly string[],
  { positive, threshold, classRows }: ClassificationOptions,
  binary: boolean,
): number {
  if (!binary) {
    if (threshold !== null)
      throw fail('evaluate.threshold', {
        message: `A threshold decides between two classes; there are ${classes.length} (${classes.slice(0, 5).join(', ')}${classes.length > 5 ? ', …' : ''}).`,
        mend: 'Leave the threshold empty.',
        param: 'threshold',
      });
    return 1;
  }
  if (positive === '') return positiveClass(classes, classRows);
  const found = classes.indexOf(positive);
  if (found < 0)
    throw fail('evaluate.positive', {
      message: `There is no class "${positive}": the classes are ${classes.map((name) => `"${name}"`).join(' and ')}.`,
      mend: 'Enter one of them as the positive class, or leave it empty.',
      param: 'positive',
    });
  return found;
}

const byThreshold = ({ probabilities, truth }: ClassificationRows, positive: number, threshold: number): Int32Array =>
  Int32Array.from(truth, (_, row) => ((probabilities[2 * row + positive] ?? 0) >= threshold ? positive : 1 - positive));

/** A chosen threshold changes what depends on labels: it belongs to the signature. */
function withThreshold(values: readonly MetricValue[], threshold: number | null): MetricValue[] {
  if (threshold === null) return [...values];
  const ranking = /^(roc_auc|average_precision|log_loss|brier_score|ks_statistic)/;
  return values.map((metric) =>
    ranking.test(metric.name) ? metric : { ...metric, signature: `${metric.signature}|threshold=${threshold}` },
  );
}

/** One name for the area under the ROC curve, whatever the number of classes, so that a sweep or a test can ask for it. */
const oneName = (values: readonly MetricValue[]): MetricValue[] => {
  const many = values.find((metric) => metric.name === 'roc_auc_ovr');
  return many === undefined
    ? []
    : [{ ...many, name: 'roc_auc', signature: many.signature.replace('roc_auc_ovr', 'roc_auc|multi_class=ovr') }];
};

function notes(scored: Scored, { on }: MeasuredRows): ReportBlock[] {
  return [
    ...(on === 'train' || on === 'all'
      ? [
          {
            type: 'text' as const,
            text: 'Measured on rows that the model was trained on: what it would do with new rows is likely worse. Put Split before the trainer to know.',
            tone: 'warning' as const,
          },
        ]
      : []),
    ...(scored.unseen.length > 0
      ? [
          {
            type: 'text' as const,
            text: `No training row has the class${scored.unseen.length > 1 ? 'es' : ''} ${scored.unseen.join(', ')}: the model cannot predict ${scored.unseen.length > 1 ? 'them' : 'it'}, and ${scored.unseen.length > 1 ? 'their' : 'its'} rows count as wrong.`,
            tone: 'warning' as const,
          },
        ]
      : []),
  ];
}
