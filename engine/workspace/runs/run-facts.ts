/** Facts of a run: numbered, kept, and shown to whoever follows it. */
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { RunEvent, RunFact } from '../../../shared/run/run-events.ts';
import { toProblemOf } from '../../files/store-problem.ts';
import { followSteerable, isReportedElsewhere, isWhole, type LiveRun } from './live-run.ts';
import type { OutputsEvent, Runs } from './runs-state.ts';

/** A runner that has finished may take so long to end. */
const lastWordsMs = 2000;

/** The host numbers the facts: those that it adds itself stand among those of the runner. */
export function takeEvent(runs: Runs, run: string, one: LiveRun, event: RunEvent): void {
  const { workspace, store, onFinished, onProblem, now } = runs.options;
  if (one.finished || isReportedElsewhere(one, event)) return;
  // Where a part ran elsewhere, the rest that runs here knows of its own time alone.
  const isRest = event.type === 'run-finished' && one.reportedElsewhere !== undefined;
  recordFact(runs, run, one, isRest ? { ...event, ms: now() - one.startedMs } : event, event.time_ms);
  followSteerable(one.steerable, event);
  if ((event.type === 'node-finished' || event.type === 'node-cached') && isWhole(event.variant))
    for (const fact of takeOutputs(runs, event))
      recordFact(runs, run, one, event.trial === undefined ? fact : { ...fact, trial: event.trial }, now());
  if (event.type === 'run-finished') {
    one.finished = true;
    one.over.abort();
    try {
      store.flush();
      onFinished(run);
    } catch (error) {
      // A full disk: the facts wait in the store, which tries again. The host goes on.
      onProblem(toProblemOf(workspace)(error));
    }
    // It has nothing more to say: its place is for the next run, whether or not it finds its end.
    const timer = setTimeout(() => one.handle?.kill(), lastWordsMs);
    void one.handle?.ended.then(() => clearTimeout(timer));
  }
}

function takeOutputs({ options, live }: Runs, event: OutputsEvent): RunFact[] {
  try {
    return options.onOutputs(event, live.get(event.run)?.replaceServices === true);
  } catch (error) {
    const problem = { ...toProblemOf(options.workspace)(error), severity: 'warning' as const, node: event.node };
    return [{ type: 'node-warning', node: event.node, problem }];
  }
}

export function recordFact({ options }: Runs, run: string, one: LiveRun, fact: RunFact, timeMs: number): void {
  const event: RunEvent = { ...fact, run, seq: one.seq++, time_ms: timeMs };
  if (event.type === 'node-progress') one.progress.set(event.node, event);
  else options.store.recordEvent(event);
  for (const wake of one.watchers) wake();
}

export function finishRun(
  runs: Runs,
  run: string,
  one: LiveRun,
  problem: Problem | undefined,
  otherwise: 'interrupted' | 'failed' = 'interrupted',
): void {
  const { now } = runs.options;
  takeEvent(runs, run, one, {
    type: 'run-finished',
    status: one.cancelled ? 'cancelled' : otherwise,
    metrics: {},
    ms: now() - one.startedMs,
    ...(problem === undefined || one.cancelled ? {} : { problem }),
    run,
    seq: 0,
    time_ms: now(),
  });
}

/** It failed before it had a runner. */
export async function failRun(runs: Runs, run: string, one: LiveRun, error: unknown): Promise<void> {
  if (one.finished) return;
  finishRun(runs, run, one, toProblem(error), 'failed');
  await endRun(runs, run, one);
}

/** Nothing of it is under way any more. */
export async function endRun(runs: Runs, run: string, one: LiveRun): Promise<void> {
  const { workspace, artifacts, changes, onProblem } = runs.options;
  runs.live.delete(run);
  for (const wake of one.watchers) wake();
  if (!runs.closing) one.share?.release();
  changes.notify('runs', 'cache');
  await artifacts.endRun(run).catch((error: unknown) => onProblem(toProblemOf(workspace)(error)));
}
