/** Blocks that the reports of trainers share. */
import type { ChartBlock, ReportBlock } from '../../shared/report.ts';
import type { TrainingSet } from './training-set.ts';

/** "trained on 266 rows", "3 classes", "7 features" */
export function trainingChips({ rows, withoutTarget, classes, features }: TrainingSet): string[] {
  return [
    `trained on ${rows.toLocaleString('en')} rows`,
    ...(withoutTarget > 0 ? [`${withoutTarget} rows without target left out`] : []),
    ...(classes.length > 0 ? [`${classes.length} classes`] : []),
    `${features.length} feature${features.length === 1 ? '' : 's'}`,
  ];
}

export interface Named {
  name: string;
  value: number;
}

const mostBars = 30;

/** Bars from the largest down (by size, whatever the sign). */
export function barsBySize(title: string, axis: string, values: readonly Named[], caption: string): ChartBlock {
  const shown = [...values].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, mostBars);
  return {
    type: 'chart',
    title: values.length > mostBars ? `${title} (the ${mostBars} largest of ${values.length})` : title,
    mark: 'bar',
    x: { field: 'value', title: axis, scale: 'linear' },
    y: { field: 'feature', title: '', scale: 'category' },
    data: { feature: shown.map((v) => v.name), value: shown.map((v) => v.value) },
    caption,
  };
}

export interface LossPoint {
  round: number;
  training: number;
  /** NaN without validation rows. */
  validation: number;
}

const mostPoints = 900;

/** The loss round by round, thinned evenly where there are very many rounds. */
export function lossCurve(points: readonly LossPoint[], lossName: string, bestRound: number | undefined): ChartBlock {
  const step = Math.max(1, Math.ceil(points.length / mostPoints));
  const kept = points.filter((point, i) => i % step === 0 || i === points.length - 1 || point.round === bestRound);
  const validated = kept.filter((point) => !Number.isNaN(point.validation));
  const last = points.at(-1);
  return {
    type: 'chart',
    title: 'Learning curve',
    help: 'The training loss always falls. When the validation loss rises again, the model begins to learn the training rows by heart.',
    mark: 'line',
    x: { field: 'round', title: 'trees', scale: 'linear' },
    y: { field: 'loss', title: lossName, scale: 'linear' },
    color: 'rows',
    data: {
      round: [...kept.map((p) => p.round), ...validated.map((p) => p.round)],
      loss: [...kept.map((p) => p.training), ...validated.map((p) => p.validation)],
      rows: [...kept.map(() => 'training'), ...validated.map(() => 'validation')],
    },
    caption: `${lossName} after ${last?.round ?? 0} rounds: ${say(last?.training)} on training rows${validated.length > 0 ? `, ${say(last?.validation)} on validation rows; best after ${bestRound ?? 0}` : ''}.`,
  };
}

const say = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'undefined' : value.toPrecision(4);

export const warningBlock = (text: string): ReportBlock => ({ type: 'text', text, tone: 'warning' });
