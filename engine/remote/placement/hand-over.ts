/** A run is handed to its remote: what it lacks there is staged, and its job submitted. */
import { join } from 'node:path';
import { toProblem } from '../../../shared/errors.ts';
import { listingsFolder } from '../../sources/listings.ts';
import { commandOf, jobName, stageOf } from '../../store/placements/placed-state.ts';
import { planThere } from '../staging/plan-there.ts';
import { stageRun } from '../staging/stage-run.ts';
import { millis } from '../target-options.ts';
import { patience } from './patience.ts';
import { notYetReached } from './placed-problems.ts';
import { pause } from './read-event.ts';
import { end, openTasks, reach, say, stop, type Underway } from './underway.ts';

/** Stages and submits; a remote that does not answer is waited for, and so that it is seen. */
export async function handOver(way: Underway): Promise<void> {
  const { options, abort } = way;
  const { settings, record, now } = options;
  const { state } = record;
  const waits = patience(millis(settings, 'wait', 30_000) * 60, options.wasReached(), now);
  const sentNow = (): number => options.target().open.files.sentBytes;
  const sentBefore = sentNow();
  for (;;) {
    try {
      if (state.runtime === null || state.tasks.length === 0) await stage(way);
      if (way.over) return;
      await submit(way);
      return;
    } catch (error) {
      if (abort.signal.aborted || way.over) return;
      const problem = toProblem(error);
      if (problem.code !== 'target.unreachable') throw error;
      const next = waits.pause(sentNow() - sentBefore);
      // Of a job that may be there already only the remote can tell: it is asked without end, as for those that were handed over.
      const mayBeThere = state.intent !== null;
      if (next === undefined && !mayBeThere) throw error;
      const words = notYetReached(problem, mayBeThere, next?.untilMs);
      if (record.words !== words) say(way, words);
      reach(way, 'unreachable', words);
      await pause(next?.ms ?? 30_000, abort.signal);
    }
  }
}

async function stage(way: Underway): Promise<void> {
  const { options, abort } = way;
  const { run, request, settings, record, artifacts, installation, makeHere, now } = options;
  const { state } = record;
  // While it is not reached, that is what there is to say.
  if (record.phase !== 'unreachable') reach(way, 'staging', `looking what ${settings.name} lacks`);
  const shipping = await planThere({
    request,
    memoryMb: state.resources.memoryMb,
    settings,
    ship: (asked) => options.ship(asked, abort.signal),
    open: () => options.target().open,
    listings: join(artifacts.folder, listingsFolder),
    installation,
    signal: abort.signal,
    say: (words) => reach(way, 'staging', words),
    reportMoves: (moves) =>
      options.onEvent({ type: 'run-moves', target: settings.name, moves: [...moves], run, seq: 0, time_ms: now() }),
    makeHere:
      makeHere &&
      (async (nodes) => {
        // Its first word is the run's.
        state.hasStarted = true;
        await makeHere(nodes, abort.signal);
      }),
  });
  if (shipping.compute.length === 0) return stop(way, 'here');
  const staged = await stageRun(options.target().open, {
    run,
    request,
    shipping,
    artifacts,
    installation,
    signal: abort.signal,
    say: (words) => {
      reach(way, 'staging', words);
      say(way, words);
    },
  });
  state.runtime = staged.runtime;
  state.tasks = staged.tasks;
  record.sentBytes += staged.sentBytes;
  options.keep(record);
}

/** The name is written down before it is used: whoever comes after a crash looks it up instead of starting a second job. */
async function submit(way: Underway): Promise<void> {
  const { run, settings, record, now, target } = way.options;
  const { state } = record;
  if (state.cancelAsked && state.intent === null && state.jobs.length === 0)
    return end(way, { status: 'cancelled', metrics: {}, ms: 0 });
  const { open } = target();
  state.intent ??= jobName(run, stageOf(state), state.tries);
  record.submittedMs ??= now();
  reach(way, 'submitting', `handing the run to ${settings.name}`);
  const tasks = openTasks(way).map(({ i }) => i);
  const id = await open.queue.submit({
    run,
    name: state.intent,
    tasks,
    parallel: Math.max(1, Number(settings.options['parallel'] ?? tasks.length)),
    resources: state.resources,
    command: commandOf(state, run),
  });
  state.jobs.push({ name: state.intent, id, run, submitted_ms: now() });
  state.intent = null;
  state.goneSince_ms = null;
  const words = `handed to ${settings.name} as job ${id}`;
  reach(way, 'waiting', words);
  say(way, words);
}
