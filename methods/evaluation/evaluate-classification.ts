/** From scored rows to metrics and a report, for classes. */
import type { Scored } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import type { ReportBlock } from '../../shared/report.ts';
import { expectedCalibrationError } from '../metrics/calibration-curve.ts';
import { metricSignature, type MetricValue } from '../metrics/metric-value.ts';
import { probabilitiesOf } from '../metrics/probability-scores.ts';
import { type ClassificationScores, scoreClassification } from '../metrics/score-classification.ts';
import {
  calibrationBins,
  calibrationChart,
  mostCurves,
  precisionRecallChart,
  rocChart,
  thresholdChart,
  type RankedClass,
} from './classification-charts.ts';
import { chipsOf, coverage, type Evaluation, measuredRows, type MeasuredRows, onRows, sayRows } from './measured.ts';
import { metricBlocks } from './metric-words.ts';

export interface ClassificationOptions {
  /** Label of the class that is called positive, of two; the later one where empty. */
  positive: string;
  /** From which probability on a row is positive, of two classes; null: the more likely class. */
  threshold: number | null;
}

/**
 * @throws `evaluate.no-rows`, `evaluate.positive`, `evaluate.threshold`
 */
export function evaluateClassification(scored: Scored, options: ClassificationOptions): Evaluation {
  const measured = measuredRows(scored);
  if (measured.rows === 0)
    throw fail('evaluate.no-rows', {
      message: `Of the ${sayRows(measured.on)}, none has both a target and a prediction.`,
      mend: 'Check the target and the filters before this node.',
    });
  const rows = classificationRows(scored, measured);
  const binary = rows.classes.length === 2;
  const positive = positiveClass(rows.classes, options, binary);
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
  const metrics = onRows(
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
  const headline = binary
    ? ['accuracy', 'roc_auc', 'f1', 'precision', 'recall', 'log_loss']
    : ['accuracy', 'balanced_accuracy', 'f1_macro', 'roc_auc', 'log_loss'];
  const blocks: ReportBlock[] = [
    ...notes(scored, measured),
    ...metricBlocks(metrics, headline),
    confusionBlock(scores, rows.classes, scored.unseen),
    ...curveBlocks(scores, rows.classes, positive, binary),
    ...(calibration ? [calibrationChart(rows.classes[positive] ?? '', calibration)] : []),
    ...thresholdBlocks(scores, positive, binary, threshold ?? 0.5),
    byClassBlock(scores),
  ];
  const chips = [
    ...chipsOf(measured),
    ...(binary ? [`positive class: ${rows.classes[positive] ?? ''}`] : [`${rows.classes.length} classes`]),
    ...(threshold === null ? [] : [`threshold ${threshold}`]),
  ];
  return { metrics, report: { title: 'Evaluation', chips, blocks } };
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

function positiveClass(
  classes: readonly string[],
  { positive, threshold }: ClassificationOptions,
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
  if (positive === '') return 1;
  const found = classes.indexOf(positive);
  if (found < 0)
    throw fail('evaluate.positive', {
      message: `There is no class "${positive}".`,
      mend: `The classes are ${classes.join(' and ')}.`,
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

const mostMatrixClasses = 40;

function confusionBlock(
  { confusion }: ClassificationScores,
  classes: readonly string[],
  unseen: readonly string[],
): ReportBlock {
  const count = confusion.classCount;
  const cell = (row: number, column: number): number => confusion.cells[row * count + column] ?? 0;
  const all = classes.map((_, k) => k);
  if (count <= mostMatrixClasses) {
    return {
      type: 'matrix',
      title: 'Confusion matrix',
      rowTitle: 'true class',
      columnTitle: 'predicted class',
      labels: classes.map((name) => (unseen.includes(name) ? `${name} (not in training)` : name)),
      values: all.map((row) => all.map((column) => cell(row, column))),
      caption: worstConfusion(classes, cell),
    };
  }
  const pairs = all.flatMap((row) =>
    all
      .filter((column) => column !== row && cell(row, column) > 0)
      .map((column) => ({ row, column, rows: cell(row, column) })),
  );
  return {
    type: 'table',
    title: `Most frequent confusions among ${count} classes`,
    columns: [
      { name: 'true', title: 'True class', align: 'left' },
      { name: 'predicted', title: 'Predicted class', align: 'left' },
      { name: 'rows', title: 'Rows', align: 'right' },
    ],
    rows: pairs
      .sort((a, b) => b.rows - a.rows)
      .slice(0, 50)
      .map((p) => [classes[p.row] ?? '', classes[p.column] ?? '', p.rows]),
  };
}

function worstConfusion(classes: readonly string[], cell: (row: number, column: number) => number): string {
  let worst = { row: -1, column: -1, rows: 0 };
  classes.forEach((_, row) =>
    classes.forEach((__, column) => {
      if (row !== column && cell(row, column) > worst.rows) worst = { row, column, rows: cell(row, column) };
    }),
  );
  return worst.rows === 0
    ? 'No row is confused with another class.'
    : `Most frequent confusion: ${worst.rows} of class ${classes[worst.row] ?? ''} predicted as ${classes[worst.column] ?? ''}.`;
}

function curveBlocks(
  { ranked }: ClassificationScores,
  classes: readonly string[],
  positive: number,
  binary: boolean,
): ReportBlock[] {
  const all = ranked.flatMap((scores, k): (RankedClass & { k: number })[] =>
    scores && scores.positives > 0 && scores.negatives > 0 ? [{ name: classes[k] ?? '', ranked: scores, k }] : [],
  );
  const drawn = binary
    ? all.filter((c) => c.k === positive)
    : [...all].sort((a, b) => b.ranked.positives - a.ranked.positives || a.k - b.k).slice(0, mostCurves);
  return drawn.length === 0 ? [] : [rocChart(drawn), precisionRecallChart(drawn)];
}

function thresholdBlocks(
  { ranked }: ClassificationScores,
  positive: number,
  binary: boolean,
  chosen: number,
): ReportBlock[] {
  const own = ranked[positive];
  if (!binary || !own || own.positives === 0) return [];
  const { chart, rows } = thresholdChart(own, chosen);
  const columns = [
    'threshold',
    'precision',
    'recall',
    'f1',
    'specificity',
    'accuracy',
    'truePositive',
    'falsePositive',
    'falseNegative',
    'trueNegative',
  ] as const;
  const titles = [
    'Threshold',
    'Precision',
    'Recall',
    'F1',
    'Specificity',
    'Accuracy',
    'True positives',
    'False positives',
    'False negatives',
    'True negatives',
  ];
  return [
    chart,
    {
      type: 'table',
      title: 'Thresholds',
      columns: columns.map((name, i) => ({ name, title: titles[i] ?? name, align: 'right' as const })),
      rows: rows.filter((_, i) => i % 5 === 0).map((row) => columns.map((name) => row[name])),
    },
  ];
}

function byClassBlock({ byClass }: ClassificationScores): ReportBlock {
  const finite = (value: number | undefined): number | null =>
    value === undefined || !Number.isFinite(value) ? null : value;
  return {
    type: 'table',
    title: 'By class',
    columns: [
      { name: 'class', title: 'Class', align: 'left' },
      ...['Precision', 'Recall', 'F1', 'Rows', 'ROC AUC', 'Average precision'].map((title) => ({
        name: title.toLowerCase().replace(' ', '_'),
        title,
        align: 'right' as const,
      })),
    ],
    rows: byClass.map((c) => [
      c.name,
      finite(c.precision),
      finite(c.recall),
      finite(c.f1),
      c.support,
      finite(c.rocAuc),
      finite(c.averagePrecision),
    ]),
  };
}
