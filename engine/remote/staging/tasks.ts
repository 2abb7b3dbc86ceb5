/** A run in tasks: trials of a sweep are dealt out, and what the tasks told is put together as one run would have told it. */
import { largest } from '../../../shared/append.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { TargetSettings } from '../../../shared/targets.ts';
import type { PlacedTask } from '../../store/placements/placed-state.ts';
import type { Shipping } from './shipping.ts';

type Finished = Extract<RunEvent, { type: 'run-finished' }>;
export type Gathered = Omit<Finished, 'run' | 'seq' | 'time_ms' | 'type'>;

/** A task begins with loading the engine, about a second: so many trials share one. */
const usualParallel = 6;

/** Schedulers take arrays of about a thousand. */
const mostPartTasks = 500;

export type NewTask = Pick<PlacedTask, 'trials' | 'parts' | 'stage' | 'keeps' | 'made'>;

/** @param present parts that are on the remote already */
export function splitTasks(
  shipping: Pick<Shipping, 'trials' | 'folds' | 'parts'>,
  settings: Pick<TargetSettings, 'options'>,
  present: ReadonlySet<string> = new Set(),
): NewTask[] {
  const missing = shipping.parts.filter(({ key }) => !present.has(key));
  const made = shipping.parts.length === 0 ? {} : { made: shipping.parts.map(({ key }) => key) };
  if (missing.length === 0) return lastTasks(shipping, settings).map((task) => ({ ...task, stage: 0, ...made }));
  const each = Math.ceil(missing.length / mostPartTasks);
  const first = Array.from({ length: Math.ceil(missing.length / each) }, (_, i): NewTask => {
    const own = missing.slice(i * each, (i + 1) * each);
    return { stage: 0, parts: own.map(({ id }) => id), keeps: own.map(({ key }) => key) };
  });
  // What puts the parts together begins when the last of them is there.
  return [...first, ...lastTasks(shipping, settings).map((task) => ({ ...task, stage: 1, ...made }))];
}

function lastTasks(
  { trials, folds }: Pick<Shipping, 'trials' | 'folds'>,
  settings: Pick<TargetSettings, 'options'>,
): Pick<PlacedTask, 'trials' | 'parts'>[] {
  if (trials <= 1)
    return folds.length > 1 && settings.options['parallel'] !== '1' ? folds.map((parts) => ({ parts })) : [{}];
  const tasks = Math.min(trials, Math.max(1, Number(settings.options['parallel'] ?? usualParallel)));
  // Neighbours have often the same cost: dealt out in turn, each task gets some of each.
  return Array.from({ length: tasks }, (_, task) => ({
    trials: Array.from({ length: trials }, (_unused, trial) => trial).filter((trial) => trial % tasks === task),
  }));
}

export function gatherTasks(tasks: readonly PlacedTask[]): Gathered {
  const ends = tasks.map((task) => (task.finished?.type === 'run-finished' ? task.finished : undefined));
  const [only] = ends;
  if (tasks.length === 1 && only !== undefined) {
    const { run: _, seq: __, time_ms: ___, type: ____, ...rest } = only;
    return rest;
  }
  const trials: { place: number; trial: NonNullable<Finished['trials']>[number] }[] = [];
  for (const [i, task] of tasks.entries())
    for (const [n, trial] of (ends[i]?.trials ?? []).entries()) trials.push({ place: task.trials?.[n] ?? 0, trial });
  const statuses = tasks.map((task, i) => ends[i]?.status ?? task.exit?.status ?? 'failed');
  const status = statuses.includes('failed') ? 'failed' : statuses.includes('cancelled') ? 'cancelled' : 'done';
  const problem = ends.find((end) => end?.problem !== undefined)?.problem;
  return {
    status,
    metrics: Object.fromEntries(ends.flatMap((end) => Object.entries(end?.metrics ?? {}))),
    ms: largest([0, ...ends.map((end) => end?.ms ?? 0)]),
    ...(trials.length === 0 ? {} : { trials: trials.sort((a, b) => a.place - b.place).map(({ trial }) => trial) }),
    ...(problem === undefined ? {} : { problem }),
  };
}
