/** What is seen of a run on its remote becomes facts here: its events, its end, and, where it is silent, what the scheduler says of its job. */
import { toProblem } from '../../../shared/errors.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import { jobName, stageOf, type PlacedTask } from '../../store/placements/placed-state.ts';
import { runExit } from '../../store/placements/run-layout.ts';
import type { JobStatus } from '../queue/queue.ts';
import { gatherTasks } from '../staging/tasks.ts';
import { millis } from '../target-options.ts';
import { fetchResults, fetchUnnamed } from './fetch-results.ts';
import type { Look, Watched } from './look.ts';
import { diedSilent, endedEarly, lost } from './placed-problems.ts';
import { hasCome, pause, readEvent, resultsOf } from './read-event.ts';
import { elapsedMs, end, endWith, openTasks, reach, say, stop, unfollow, type Underway } from './underway.ts';

/** Hands the run over where it is not, and follows it: what comes after a stage, and after a job that was lost. */
export type Go = () => Promise<void>;

/** Beats come every 2 s; where a file system shows them late, the scheduler is merely asked. */
const freshHeartbeatS = 10;

export function follow(way: Underway, go: Go): void {
  const { run, record, target } = way.options;
  way.follower = {
    watched: () => openTasks(way).map(({ i, task }): Watched => ({ run, task: i, offset: task.offset })),
    // A run that tells of itself needs no scheduler's word.
    jobs: () => (way.silent ? record.state.jobs.slice(-1) : []),
    take: async (looks, statuses) => {
      try {
        await take(way, go, looks, statuses);
      } catch (error) {
        // Broken off by a cancel: the next look takes it up.
        if (way.noMore.signal.aborted) return;
        if (toProblem(error).code === 'target.unreachable') throw error;
        endWith(way, toProblem(error));
      }
    },
    unreachable: (sinceMs, problem) =>
      reach(
        way,
        'unreachable',
        `not reached since ${new Date(sinceMs).toTimeString().slice(0, 8)}: ${problem.message}`,
      ),
  };
  target().watch.add(way.follower);
}

async function take(
  way: Underway,
  go: Go,
  looks: readonly Look[],
  statuses: ReadonlyMap<string, JobStatus>,
): Promise<void> {
  const { run, record, artifacts, keep } = way.options;
  const { state } = record;
  const stage = stageOf(state);
  const open = openTasks(way);
  const events = await eventsOf(way, looks, artifacts);
  let stderr = '';
  for (const [n, one] of looks.entries()) {
    const task = open[n]?.task;
    if (task === undefined) continue;
    for (const event of events[n] ?? []) pass(way, task, event);
    task.offset = one.offset;
    if (one.exit !== undefined) {
      task.exit = runExit.parse(JSON.parse(one.exit));
      stderr ||= one.stderr || (task.exit.words ?? '');
    }
  }
  const isOver = open.every(({ task }) => task.exit !== undefined);
  const goesOn = isOver && stageOf(state) !== stage && state.tasks.every((t) => (t.exit?.status ?? 'done') === 'done');
  if (goesOn) state.intent = jobName(run, stageOf(state), state.tries);
  if (events.some((some) => some.length > 0) || looks.some((one) => one.exit !== undefined)) keep(record);
  if (goesOn) return void nextStage(way, go);
  way.silent = looks.some((one) => one.silentS === null || one.silentS > freshHeartbeatS);
  if (isOver) return finishAll(way, stderr);
  applyStatus(way, go, statuses);
}

/** Results come home before the facts that name them are told. */
async function eventsOf(way: Underway, looks: readonly Look[], artifacts: ArtifactStore): Promise<RunEvent[][]> {
  const events = looks.map((one) => one.lines.flatMap(readEvent));
  if (way.options.record.state.cancelAsked)
    return events.map((some) => some.filter((event) => hasCome(event, artifacts)));
  await fetchResults(way, events.flat().flatMap(resultsOf));
  return events;
}

function pass(way: Underway, task: PlacedTask, event: RunEvent): void {
  const { record, onEvent } = way.options;
  const { state } = record;
  if (event.type === 'run-finished') {
    task.finished = event;
    return;
  }
  if (event.type === 'run-started') {
    if (state.hasStarted) return;
    state.hasStarted = true;
  }
  // Each part plans for itself: the first says it for all.
  if (event.type === 'run-planned' && task.keeps !== undefined && task !== state.tasks[0]) return;
  if (record.phase !== 'running') reach(way, 'running', '');
  onEvent(event);
}

/** What the scheduler says counts only where the run itself is silent. */
function applyStatus(way: Underway, go: Go, statuses: ReadonlyMap<string, JobStatus>): void {
  const { settings, record } = way.options;
  const { state } = record;
  const job = state.jobs.at(-1);
  const status = job === undefined ? undefined : statuses.get(job.name);
  if (!way.silent) {
    state.goneSince_ms = null;
    return reach(way, 'running', '');
  }
  if (status === undefined || status.state === 'unknown') return;
  if (status.state === 'gone') return gone(way, go, status);
  state.goneSince_ms = null;
  // It was told, and has not begun: whatever becomes of it, it computes nothing.
  if (status.state === 'waiting' && way.cancelSent)
    return end(way, { status: 'cancelled', metrics: {}, ms: elapsedMs(way) });
  if (status.state === 'waiting' && !state.hasStarted) {
    if (record.words !== status.words) say(way, `${settings.name}: ${status.words}`);
    reach(way, 'waiting', status.words);
  } else if (status.state === 'running') reach(way, 'running', status.words);
}

/** Gone twice, with time between, and no `exit.json`: only then is it lost. */
function gone(way: Underway, go: Go, { words, isFinal = false }: JobStatus): void {
  const { settings, record, keep, now } = way.options;
  const { state } = record;
  const isSlow = settings.kind === 'slurm' || settings.kind === 'kubernetes';
  const mostTries = Number(settings.options['retries'] ?? 2);
  if (state.cancelAsked) return end(way, { status: 'cancelled', metrics: {}, ms: elapsedMs(way) });
  if (state.goneSince_ms === null) {
    state.goneSince_ms = now();
    return keep(record);
  }
  if (now() - state.goneSince_ms < millis(settings, 'lost-after', isSlow ? 60_000 : 3000)) return;
  if (!isFinal && state.tries < mostTries) return void startAgain(way, go, words);
  end(way, {
    status: isFinal ? 'failed' : 'interrupted',
    metrics: {},
    ms: elapsedMs(way),
    problem: isFinal ? endedEarly(settings.name, words) : lost(settings.name, words),
  });
}

/** The parts are there: what puts them together is a job of its own. */
async function nextStage(way: Underway, go: Go): Promise<void> {
  unfollow(way);
  way.silent = true;
  await go().catch((error: unknown) => endWith(way, toProblem(error)));
}

async function startAgain(way: Underway, go: Go, words: string): Promise<void> {
  const { run, settings, record } = way.options;
  const { state } = record;
  state.tries += 1;
  state.intent = jobName(run, stageOf(state), state.tries);
  state.goneSince_ms = null;
  // A log of its own begins anew; files go on.
  if (settings.kind === 'ray' || settings.kind === 'kubernetes') for (const { task } of openTasks(way)) task.offset = 0;
  unfollow(way);
  reach(way, 'submitting', `lost (${words}); started again, try ${state.tries + 1}`);
  await pause(Math.min(60_000, millis(settings, 'look', 1000) * 2 ** state.tries), way.abort.signal);
  await go().catch((error: unknown) => endWith(way, toProblem(error)));
}

async function finishAll(way: Underway, stderr: string): Promise<void> {
  const { request, settings, record, keep } = way.options;
  const { state } = record;
  if (!state.cancelAsked) await fetchUnnamed(way);
  const early = state.tasks.find((task) => task.exit?.status === 'cancelled' && task.exit.reason !== 'cancelled');
  // A stage that was never begun has nothing to say.
  const gathered = gatherTasks(state.tasks.filter((task) => task.exit !== undefined));
  if (early !== undefined && !state.cancelAsked)
    return end(way, {
      ...gathered,
      status: 'failed',
      problem: endedEarly(settings.name, early.exit?.reason ?? 'it was ended'),
    });
  if (gathered.status === 'failed' && gathered.problem === undefined)
    return end(way, { ...gathered, problem: diedSilent(settings.name, stderr) });
  const isPart =
    request.parts !== undefined || state.tasks.some((task) => task.keeps === undefined && task.parts !== undefined);
  // A part of the pipeline, or its folds: what is left is made at home, from what came.
  if (gathered.status === 'done' && isPart && !state.cancelAsked) {
    record.phase = 'ended';
    record.words = '';
    keep(record);
    return stop(way, 'here');
  }
  // What was not fetched any more is not there: it is not done, even where the engine came to its end first.
  end(way, state.cancelAsked && gathered.status === 'done' ? { ...gathered, status: 'cancelled' } : gathered);
}
