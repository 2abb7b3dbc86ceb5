import type { PartitionName, Scored } from '../../shared/capabilities.ts';
import type { Report } from '../../shared/report.ts';
import type { MetricValue } from '../metrics/metric-value.ts';

export interface Evaluation {
  metrics: readonly MetricValue[];
  report: Report;
}

/** The rows that can be measured, and those that cannot, counted. */
export interface MeasuredRows {
  rows: number;
  withoutTarget: number;
  /** The model gave no answer: the row fails a filter that is part of the model, or has gaps that a linear model cannot read. */
  withoutPrediction: number;
  on: PartitionName;
  /** Numbers of the measured rows among all that were scored. */
  kept: readonly number[];
}

export function measuredRows(scored: Scored): MeasuredRows {
  const kept: number[] = [];
  for (let row = 0; row < scored.rows; row++) if (!Number.isNaN(scored.prediction[row] ?? NaN)) kept.push(row);
  return {
    rows: kept.length,
    withoutTarget: scored.withoutTarget,
    withoutPrediction: scored.rows - kept.length,
    on: scored.measuredOn,
    kept,
  };
}

/** "test rows", "training rows": what the values were measured on, for chips and signatures. */
export function sayRows(on: PartitionName): string {
  return { test: 'test rows', validation: 'validation rows', train: 'training rows', all: 'all rows' }[on];
}

export function chipsOf({ rows, withoutTarget, withoutPrediction, on }: MeasuredRows): string[] {
  const share = rows + withoutPrediction === 0 ? 0 : rows / (rows + withoutPrediction);
  return [
    `measured on ${rows.toLocaleString('en')} ${sayRows(on)}`,
    ...(withoutTarget > 0 ? [`${withoutTarget} rows without target left out`] : []),
    ...(withoutPrediction > 0
      ? [`${withoutPrediction} rows without prediction: coverage ${(100 * share).toFixed(1)} %`]
      : []),
  ];
}

/** `roc_auc|positive=yes|weighted=no|v1|rows=test|n=69`: only values of equal signature may be compared. */
export function onRows(values: readonly MetricValue[], { on, rows }: MeasuredRows): MetricValue[] {
  const measured = on === 'train' ? 'training' : on;
  return values.map((metric) => ({ ...metric, signature: `${metric.signature}|rows=${measured}|n=${rows}` }));
}

/** Coverage is a metric like the others: the share of rows with a target that the model answered. */
export function coverage({ rows, withoutPrediction }: MeasuredRows): MetricValue {
  const all = rows + withoutPrediction;
  return {
    name: 'coverage',
    value: all === 0 ? NaN : rows / all,
    signature: 'coverage|v1',
    ...(all === 0 ? { note: 'There are no rows with a target.' } : {}),
  };
}
