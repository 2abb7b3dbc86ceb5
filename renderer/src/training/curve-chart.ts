/** A curve of a training as a chart block, thinned to what a screen can show. */
import { largest, smallest } from '../../../shared/append.ts';
import { titleOfMetric } from '../../../shared/metric-title.ts';
import type { ChartBlock } from '../../../shared/report.ts';
import { t } from '../text/t.ts';
import type { Curve, TrainingFacts } from '../state/runs/training-facts.ts';

/** About one point a pixel of a wide chart. */
const mostPoints = 800;

export function curveChart(
  curve: Curve,
  { unit, steps, best }: Pick<TrainingFacts, 'unit' | 'steps' | 'best'>,
): ChartBlock {
  const title = titleOfMetric(curve.measure);
  const data: Record<'step' | 'value' | 'part', (string | number | null)[]> = { step: [], value: [], part: [] };
  for (const series of curve.series)
    for (const { step, value } of thin(series.points)) {
      data.step.push(step);
      data.value.push(value);
      data.part.push(series.part === 'other' ? title : t(`training.parts.${series.part}`));
    }
  const values = curve.series.flatMap((s) => s.points.flatMap(({ value }) => (value === null ? [] : [value])));
  const isBestHere = best !== undefined && best.measure === curve.measure && values.length > 0;
  const latest = curve.series.map((s) => s.points.findLast(({ value }) => value !== null)?.value);
  return {
    type: 'chart',
    title,
    mark: 'line',
    x: {
      field: 'step',
      title: unit ?? t('training.step'),
      scale: 'linear',
      ...(steps === undefined ? {} : { domain: [0, steps] }),
    },
    y: { field: 'value', title: '', scale: 'linear' },
    color: 'part',
    data,
    ...(isBestHere
      ? {
          guides: [
            {
              from: [best.step, smallest(values)],
              to: [best.step, largest(values)],
            },
          ],
        }
      : {}),
    caption: `${title}: ${curve.series.map((s, i) => `${s.name} ${latest[i]?.toPrecision(4) ?? '–'}`).join(', ')}`,
  };
}

/** Keeps the first and the last, and of each stretch between its lowest and its highest, so that no peak is lost. */
export function thin<P extends { value: number | null }>(points: readonly P[], most = mostPoints): readonly P[] {
  if (points.length <= most) return points;
  const stretches = Math.floor((most - 2) / 2);
  const kept: P[] = points.slice(0, 1);
  for (let i = 0; i < stretches; i++) {
    const from = 1 + Math.floor((i * (points.length - 2)) / stretches);
    const to = 1 + Math.floor(((i + 1) * (points.length - 2)) / stretches);
    const part = points.slice(from, to);
    const by = (a: P, b: P): number => (a.value ?? 0) - (b.value ?? 0);
    const [low, high] = [part.toSorted(by)[0], part.toSorted(by).at(-1)];
    for (const point of part) if (point === low || point === high) kept.push(point);
  }
  return [...kept, ...points.slice(-1)];
}
