/** From scored rows to metrics and a report, for numbers. */
import { largest, smallest } from '../../shared/append.ts';
import type { Scored } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import type { ChartBlock, ReportBlock } from '../../shared/report.ts';
import { scoreRegression } from '../metrics/score-regression.ts';
import { quantileOfSorted } from '../statistics/quantile.ts';
import { meanBaseline, verdicts } from './baseline.ts';
import { histogramChart } from './histogram-chart.ts';
import { chipsOf, coverage, type Evaluation, measuredRows, onRows, sayRows } from './measured.ts';
import { metricBlocks } from './metric-words.ts';

const mostPoints = 1000;
const headline = ['r2', 'root_mean_squared_error', 'mean_absolute_error', 'median_absolute_error'];

/** @throws `evaluate.no-rows` */
export function evaluateRegression(scored: Scored, { isBaseline = false } = {}): Evaluation {
  const measured = measuredRows(scored);
  if (measured.rows === 0)
    throw fail('evaluate.no-rows', {
      message: `Of the ${sayRows(measured.on)}, none has both a target and a prediction.`,
      mend: 'Check the target and the filters before this node.',
    });
  const truth = Float64Array.from(measured.kept, (row) => scored.target[row] ?? NaN);
  const predicted = Float64Array.from(measured.kept, (row) => scored.prediction[row] ?? NaN);
  const weight = scored.weights && Float64Array.from(measured.kept, (row) => scored.weights?.[row] ?? 0);
  const metrics = onRows(
    [
      ...scoreRegression({ truth, predicted, ...(weight ? { weight } : {}) }),
      ...(measured.withoutPrediction > 0 ? [coverage(measured)] : []),
    ],
    measured,
  );
  const comparison = isBaseline ? undefined : meanBaseline({ truth, predicted, weight }, headline);
  const residuals = truth.map((value, row) => value - (predicted[row] ?? 0));
  const onTraining = measured.on === 'train' || measured.on === 'all';
  const blocks: ReportBlock[] = [
    ...(onTraining
      ? [
          {
            type: 'text' as const,
            text: 'Measured on rows that the model was trained on: what it would do with new rows is likely worse. Put Split before the trainer to know.',
            tone: 'warning' as const,
          },
        ]
      : []),
    ...metricBlocks(
      metrics,
      headline,
      comparison,
      verdicts(
        comparison,
        metrics.find((metric) => metric.name === headline[0]),
        measured,
      ),
    ),
    truthChart(truth, predicted),
    residualChart(predicted, residuals),
    residualHistogram(residuals),
    residualTable(residuals),
  ];
  return { metrics, report: { title: 'Evaluation', chips: chipsOf(measured), blocks } };
}

/** Evenly spaced rows, so that the picture is the same each time. */
function sample(rows: number): number[] {
  const step = Math.max(1, rows / mostPoints);
  return Array.from({ length: Math.min(rows, mostPoints) }, (_, i) => Math.floor(i * step));
}

function truthChart(truth: Float64Array, predicted: Float64Array): ChartBlock {
  const rows = sample(truth.length);
  const low = smallest(rows.map((r) => Math.min(truth[r] ?? 0, predicted[r] ?? 0)));
  const high = largest(rows.map((r) => Math.max(truth[r] ?? 0, predicted[r] ?? 0)));
  return {
    type: 'chart',
    title: 'Predicted and true',
    mark: 'point',
    help: 'Each point is a row. On the diagonal the prediction is right.',
    x: { field: 'predicted', title: 'predicted', scale: 'linear' },
    y: { field: 'true', title: 'true', scale: 'linear' },
    data: { predicted: rows.map((r) => predicted[r] ?? null), true: rows.map((r) => truth[r] ?? null) },
    guides: [{ from: [low, low], to: [high, high], label: 'right' }],
    caption: `${rows.length} of ${truth.length} rows, from ${say(low)} to ${say(high)}.`,
  };
}

function residualChart(predicted: Float64Array, residuals: Float64Array): ChartBlock {
  const rows = sample(predicted.length);
  const xs = rows.map((r) => predicted[r] ?? 0);
  return {
    type: 'chart',
    title: 'Residuals',
    mark: 'point',
    help: 'True minus predicted. A curve or a funnel shows what the model does not see.',
    x: { field: 'predicted', title: 'predicted', scale: 'linear' },
    y: { field: 'residual', title: 'true − predicted', scale: 'linear' },
    data: { predicted: xs, residual: rows.map((r) => residuals[r] ?? null) },
    guides: [{ from: [smallest(xs), 0], to: [largest(xs), 0] }],
    caption: `Residuals of ${rows.length} of ${predicted.length} rows against the prediction.`,
  };
}

function residualHistogram(residuals: Float64Array): ChartBlock {
  const sorted = residuals.toSorted();
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const bins = low === high ? 1 : Math.min(40, Math.max(5, Math.ceil(Math.sqrt(sorted.length))));
  const width = low === high ? 1 : (high - low) / bins;
  return histogramChart(
    sorted,
    { low, width, bins },
    {
      title: 'Distribution of the residuals',
      values: 'true − predicted',
      caption: `Half of the residuals lie between ${say(quantileOfSorted(sorted, 0.25))} and ${say(quantileOfSorted(sorted, 0.75))}.`,
    },
  );
}

function residualTable(residuals: Float64Array): ReportBlock {
  const sorted = residuals.toSorted();
  const shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
  return {
    type: 'table',
    title: 'Residuals by quantile',
    columns: [
      { name: 'quantile', title: 'Quantile', align: 'right' },
      { name: 'residual', title: 'True − predicted', align: 'right' },
    ],
    rows: shares.map((share) => [share, quantileOfSorted(sorted, share)]),
  };
}

const say = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(4));
