import type { ChartBlock } from '../../shared/report.ts';
import { calibrationCurve, type CalibrationBin } from '../metrics/calibration-curve.ts';
import { pickPoints, precisionRecallCurve, rocCurve, thinCurve } from '../metrics/curves.ts';
import { averagePrecision, rocAuc, type RankedScores } from '../metrics/ranked-scores.ts';
import { thresholdTable, type ThresholdRow } from '../metrics/threshold-table.ts';

/** One class against the rest, with its scores ranked. */
export interface RankedClass {
  name: string;
  ranked: RankedScores;
}

const mostMarks = 1800;
/** Curves of more classes than this are threads in a tangle: the most frequent ones are drawn. */
export const mostCurves = 10;

export function rocChart(classes: readonly RankedClass[]): ChartBlock {
  const limit = Math.floor(mostMarks / Math.max(1, classes.length));
  const series = classes.map(({ name, ranked }) => {
    const { falsePositiveRate, truePositiveRate } = rocCurve(ranked);
    const points = thinCurve(falsePositiveRate, truePositiveRate, limit);
    return {
      name: `${name} (${rocAuc(ranked).toFixed(3)})`,
      x: pickPoints(falsePositiveRate, points),
      y: pickPoints(truePositiveRate, points),
    };
  });
  return {
    type: 'chart',
    title: 'ROC curve',
    help: 'For every threshold: the share of positives that are found against the share of negatives that are called positive.',
    mark: 'line',
    x: { field: 'false_positive_rate', title: 'false positive rate', scale: 'linear', domain: [0, 1] },
    y: { field: 'true_positive_rate', title: 'true positive rate', scale: 'linear', domain: [0, 1] },
    color: 'class',
    data: long(series, 'false_positive_rate', 'true_positive_rate'),
    guides: [{ from: [0, 0], to: [1, 1], label: 'guessing' }],
    caption: `Area under the curve: ${classes.map(({ name, ranked }) => `${name} ${rocAuc(ranked).toFixed(3)}`).join(', ')}.`,
  };
}

export function precisionRecallChart(classes: readonly RankedClass[]): ChartBlock {
  const limit = Math.floor(mostMarks / Math.max(1, classes.length));
  const series = classes.map(({ name, ranked }) => {
    const { precision, recall } = precisionRecallCurve(ranked, { dropIntermediate: true });
    const points = thinCurve(recall, precision, limit);
    return {
      name: `${name} (${averagePrecision(ranked).toFixed(3)})`,
      x: pickPoints(recall, points),
      y: pickPoints(precision, points),
    };
  });
  const only = classes.length === 1 ? classes[0]?.ranked : undefined;
  const share = only === undefined ? undefined : only.positives / (only.positives + only.negatives);
  return {
    type: 'chart',
    title: 'Precision and recall',
    help: 'For every threshold: how many of the called are positive, against how many of the positives are called.',
    mark: 'line',
    x: { field: 'recall', title: 'recall', scale: 'linear', domain: [0, 1] },
    y: { field: 'precision', title: 'precision', scale: 'linear', domain: [0, 1] },
    color: 'class',
    data: long(series, 'recall', 'precision'),
    ...(share === undefined || Number.isNaN(share)
      ? {}
      : { guides: [{ from: [0, share] as [number, number], to: [1, share] as [number, number], label: 'guessing' }] }),
    caption: `Average precision: ${classes.map(({ name, ranked }) => `${name} ${averagePrecision(ranked).toFixed(3)}`).join(', ')}.`,
  };
}

export function calibrationChart(name: string, bins: readonly CalibrationBin[]): ChartBlock {
  const worst = [...bins].sort((a, b) => Math.abs(b.predicted - b.observed) - Math.abs(a.predicted - a.observed))[0];
  return {
    type: 'chart',
    title: 'Calibration',
    help: 'Of the rows given a probability of 70 %, seven in ten should be positive: on the diagonal, probabilities can be taken at their word.',
    mark: 'line',
    x: { field: 'predicted', title: `mean predicted probability of ${name}`, scale: 'linear', domain: [0, 1] },
    y: { field: 'observed', title: `observed share of ${name}`, scale: 'linear', domain: [0, 1] },
    data: {
      predicted: bins.map((b) => b.predicted),
      observed: bins.map((b) => b.observed),
      rows: bins.map((b) => b.weight),
    },
    guides: [{ from: [0, 0], to: [1, 1], label: 'calibrated' }],
    caption:
      worst === undefined
        ? 'There are no rows.'
        : `Farthest from the diagonal: predicted ${percent(worst.predicted)}, observed ${percent(worst.observed)} (${worst.weight} rows).`,
  };
}

export const calibrationBins = (
  isPositive: Uint8Array,
  probability: Float64Array,
  weight: Float64Array | undefined,
): CalibrationBin[] => calibrationCurve(isPositive, probability, weight ? { weight } : {});

/** Of many classes, how sure it was of the class that it named, and how often that was right. @param probabilities [rows, classes], row-major */
export function topCalibration(
  truth: Int32Array,
  predicted: Int32Array,
  probabilities: Float64Array,
  classes: number,
  weight?: Float64Array,
): ChartBlock {
  const bins = calibrationBins(
    Uint8Array.from(truth, (k, row) => (k === predicted[row] ? 1 : 0)),
    Float64Array.from(predicted, (k, row) => probabilities[row * classes + k] ?? 0),
    weight,
  );
  const chart = calibrationChart('the named class', bins);
  return {
    ...chart,
    help: 'Of the rows of whose class it is 70 % sure, seven in ten should be named rightly: on the diagonal, probabilities can be taken at their word.',
    x: { ...chart.x, title: 'mean probability of the named class' },
    y: { ...chart.y, title: 'share that is named rightly' },
  };
}

/** Precision, recall and F1 over all thresholds, and where F1 is highest. */
export function thresholdChart(
  ranked: RankedScores,
  chosen: number,
): { chart: ChartBlock; best: ThresholdRow | undefined; rows: ThresholdRow[] } {
  const rows = thresholdTable(ranked);
  const best = rows.reduce<ThresholdRow | undefined>(
    (top, row) => (top === undefined || row.f1 > top.f1 ? row : top),
    undefined,
  );
  const parts = ['precision', 'recall', 'f1'] as const;
  return {
    best,
    rows,
    chart: {
      type: 'chart',
      title: 'Threshold',
      help: 'From which probability on a row is called positive. Lower finds more positives, higher is wrong less often about them.',
      mark: 'line',
      x: { field: 'threshold', title: 'threshold', scale: 'linear', domain: [0, 1] },
      y: { field: 'share', title: 'share', scale: 'linear', domain: [0, 1] },
      color: 'measure',
      data: {
        threshold: parts.flatMap(() => rows.map((row) => row.threshold)),
        share: parts.flatMap((part) => rows.map((row) => row[part])),
        measure: parts.flatMap((part) => rows.map(() => part)),
      },
      guides: [{ from: [chosen, 0], to: [chosen, 1], label: 'chosen' }],
      caption:
        best === undefined
          ? 'There are no rows.'
          : `F1 is highest at ${best.threshold.toFixed(2)}: precision ${percent(best.precision)}, recall ${percent(best.recall)}.`,
    },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function long(
  series: readonly { name: string; x: Float64Array; y: Float64Array }[],
  x: string,
  y: string,
): ChartBlock['data'] {
  const finite = series
    .flatMap((s) => Array.from(s.x, (value, i) => ({ x: value, y: s.y[i] ?? NaN, name: s.name })))
    .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
  return { [x]: finite.map((p) => p.x), [y]: finite.map((p) => p.y), class: finite.map((p) => p.name) };
}
