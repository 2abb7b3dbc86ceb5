/** A run on a remote while it is followed: what is known of it, and how its steps are kept and told. */
import type { Problem } from '../../../shared/errors.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { PlacementPhase } from '../../../shared/targets.ts';
import { stageOf, type PlacedTask } from '../../store/placements/placed-state.ts';
import type { PlacedRun, PlacedRunOptions } from './placed-types.ts';
import type { Follower } from './target-watch.ts';

type HowItEnded = Awaited<PlacedRun['ended']>;
type Finished = Extract<RunEvent, { type: 'run-finished' }>;

export interface Underway {
  options: PlacedRunOptions;
  /** Aborted when nobody here follows it any more. */
  abort: AbortController;
  /** Aborted by a cancel: a cancelled run fetches nothing more, and tells nothing that names what did not come. */
  noMore: AbortController;
  over: boolean;
  follower: Follower | undefined;
  /** The run itself has said nothing of late: the scheduler is asked. */
  silent: boolean;
  /** The cancel has arrived there. */
  cancelSent: boolean;
  ended: Promise<HowItEnded>;
  resolveEnd: (how: HowItEnded) => void;
}

export function newUnderway(options: PlacedRunOptions): Underway {
  const { promise, resolve } = Promise.withResolvers<HowItEnded>();
  return {
    options,
    abort: new AbortController(),
    noMore: new AbortController(),
    over: false,
    follower: undefined,
    silent: true,
    cancelSent: false,
    ended: promise,
    resolveEnd: resolve,
  };
}

/** Of the stage that is under way. */
export function openTasks({ options: { record } }: Underway): { i: number; task: PlacedTask }[] {
  const { state } = record;
  const stage = stageOf(state);
  return state.tasks.flatMap((task, i) => (task.exit === undefined && task.stage === stage ? [{ i, task }] : []));
}

export const elapsedMs = ({ options: { record, now } }: Underway): number =>
  Math.max(0, now() - (record.submittedMs ?? now()));

export function reach({ over, options: { record, keep } }: Underway, phase: PlacementPhase, words: string): void {
  if (over || (record.phase === phase && record.words === words)) return;
  record.phase = phase;
  record.words = words;
  keep(record);
}

/** Before it runs, a window shows what it waits for. */
export function say({ options: { run, record, onEvent, now } }: Underway, words: string): void {
  if (!record.state.hasStarted) onEvent({ type: 'run-queued', reason: words, run, seq: 0, time_ms: now() });
}

export function unfollow({ options, follower }: Underway): void {
  if (follower !== undefined) options.target().watch.remove(follower);
}

export function end(way: Underway, event: Omit<Finished, 'run' | 'seq' | 'time_ms' | 'type'>): void {
  if (way.over) return;
  const { run, record, keep, onEvent, now } = way.options;
  unfollow(way);
  onEvent({ seq: 0, time_ms: now(), run, type: 'run-finished', ...event });
  record.words = event.problem?.message ?? '';
  record.phase = 'ended';
  keep(record);
  way.over = true;
  way.resolveEnd('ended');
}

export function endWith(way: Underway, problem: Problem): void {
  const ms = elapsedMs(way);
  if (way.options.record.state.cancelAsked) return end(way, { status: 'cancelled', metrics: {}, ms });
  end(way, { status: 'failed', metrics: {}, ms, problem });
}

export function stop(way: Underway, how: 'detached' | 'here'): void {
  if (way.over) return;
  way.over = true;
  unfollow(way);
  way.resolveEnd(how);
}
