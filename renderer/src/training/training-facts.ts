/** What a node that learns has told so far, put in order: curves by what they measure, the figures of the machine, the best step, the time that is left. */
import { oneTraining, type MetricPoint, type NodeRunState } from '../../../shared/run/run-state.ts';

/** Figures about the work, not about what is learnt: shown as they are now. */
const machineFigures = [
  'steps_per_second',
  'tokens_per_second',
  'rows_per_second',
  'memory_bytes',
  'gpu_memory_bytes',
] as const;
export type MachineFigure = (typeof machineFigures)[number];

export interface CurveSeries {
  /** The name of the metric, as it was told. */
  name: string;
  part: 'training' | 'validation' | 'other';
  points: { step: number; value: number | null }[];
}
export interface Curve {
  /** What is measured: `loss`, `accuracy`. */
  measure: string;
  series: CurveSeries[];
}
export interface TrainingFacts {
  /** The fold or sweep value that is shown. */
  of?: string | undefined;
  curves: Curve[];
  machine: Partial<Record<MachineFigure, number>>;
  /** The step that is kept when it ends now: the lowest validation loss, else the lowest loss. */
  best?: { step: number; value: number; measure: string } | undefined;
  step?: number | undefined;
  /** "epoch 3 of 20": what a step is, and how many there will be. */
  unit?: string | undefined;
  steps?: number | undefined;
  elapsedMs?: number | undefined;
  leftMs?: number | undefined;
}

export const isMachineFigure = (name: string): name is MachineFigure =>
  machineFigures.some((figure) => figure === name);

export function trainingFacts(run: NodeRunState, nowMs: number): TrainingFacts {
  const { of, points } = oneTraining(run.curve);
  const curves = curvesOf(points.filter(({ name }) => !isMachineFigure(name)));
  const machine = Object.fromEntries(
    points.flatMap(({ name, value }) => (isMachineFigure(name) && value !== null ? [[name, value]] : [])),
  );
  const counted = /^(\p{L}+) ([\d,]+) of ([\d,]+)/u.exec(run.progressText ?? '');
  const [, unit, , total] = counted ?? [];
  const step = points.findLast(({ name }) => !isMachineFigure(name))?.step;
  return {
    of,
    curves,
    machine,
    best: bestOf(curves),
    step,
    unit,
    steps: total === undefined ? undefined : Number(total.replaceAll(',', '')),
    ...timesOf(run, nowMs),
  };
}

/** How long it has worked, pauses left out, and what that says of the rest. */
export function timesOf(run: NodeRunState, nowMs: number): { elapsedMs?: number; leftMs?: number } {
  if (run.startedMs === undefined) return {};
  if (run.state !== 'running') return run.ms === undefined ? {} : { elapsedMs: run.ms };
  const elapsedMs = (run.pausedMs ?? nowMs) - run.startedMs - (run.stoodMs ?? 0);
  const fraction = run.progress ?? null;
  // The first moments tell little of the pace.
  return fraction !== null && fraction > 0.02 && elapsedMs > 800
    ? { elapsedMs, leftMs: (elapsedMs * (1 - fraction)) / fraction }
    : { elapsedMs };
}

/** `training_loss` and `validation_loss` are two lines of one chart. */
function curvesOf(points: readonly MetricPoint[]): Curve[] {
  const curves = new Map<string, Curve>();
  for (const [i, { name, value, step }] of points.entries()) {
    const { measure, part } = partOf(name);
    const curve = curves.get(measure) ?? { measure, series: [] };
    curves.set(measure, curve);
    let series = curve.series.find((s) => s.name === name);
    if (series === undefined) curve.series.push((series = { name, part, points: [] }));
    series.points.push({ step: step ?? i, value });
  }
  const order = ({ measure, series }: Curve): number =>
    measure === 'loss' ? 0 : series.some((s) => s.part !== 'other') ? 1 : 2;
  for (const curve of curves.values()) curve.series.sort((a, b) => places[a.part] - places[b.part]);
  return [...curves.values()].sort((a, b) => order(a) - order(b));
}
/** What counts (rows that were not learnt from) has the accent. */
const places = { validation: 0, training: 1, other: 2 } as const;

function partOf(name: string): { measure: string; part: CurveSeries['part'] } {
  const found = /^(train|training|valid|validation|held_out)_(.+)$/.exec(name);
  if (found === null) return { measure: name, part: name === 'loss' ? 'training' : 'other' };
  return { measure: found[2] ?? name, part: found[1]?.startsWith('train') === true ? 'training' : 'validation' };
}

function bestOf(curves: readonly Curve[]): TrainingFacts['best'] {
  const loss = curves.find(({ measure }) => measure === 'loss');
  const series = loss?.series.find((s) => s.part === 'validation');
  let best: TrainingFacts['best'];
  for (const { step, value } of series?.points ?? [])
    if (value !== null && (best === undefined || value < best.value)) best = { step, value, measure: 'loss' };
  return best;
}
