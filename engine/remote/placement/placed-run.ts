/** A run on a target, seen from home: staged, handed over, followed to its end. What was reached is kept before the next step begins, so this can stop at any moment and be taken up by another process; nothing is done twice that may be done once only. */
import { join } from 'node:path';
import { FlowyardError, toProblem, type Problem } from '../../../shared/errors.ts';
import { listingsFolder } from '../../sources/listings.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { PlacementPhase } from '../../../shared/targets.ts';
import type { Look, Watched } from './look.ts';
import { millis } from '../target-options.ts';
import { patience } from './patience.ts';
import { asProblem, diedSilent, endedEarly, lost, notYetReached } from './placed-problems.ts';
import { hasCome, pause, readEvent, resultsOf } from './read-event.ts';
import { commandOf, jobName, keptThere, stageOf, type PlacedTask } from '../../store/placements/placed-state.ts';
import type { PlacedRun, PlacedRunOptions } from './placed-types.ts';
import { planThere } from '../staging/plan-there.ts';
import type { JobStatus } from '../queue/queue.ts';
import { runExit, taskFolder } from '../../store/placements/run-layout.ts';
import { stageRun } from '../staging/stage-run.ts';
import type { Follower } from './target-watch.ts';
import { gatherTasks } from '../staging/tasks.ts';

type Finished = Extract<RunEvent, { type: 'run-finished' }>;

const graceMs = 5000;
/** Beats come every 2 s; where a file system shows them late, the scheduler is merely asked. */
const freshHeartbeatS = 10;

export function startPlacedRun(options: PlacedRunOptions): PlacedRun {
  const { run, request, settings, record, artifacts, now, makeHere } = options;
  const { state } = record;
  const abort = new AbortController();
  let resolveEnd: (how: 'ended' | 'detached' | 'here') => void = () => undefined;
  const ended = new Promise<'ended' | 'detached' | 'here'>((resolve) => (resolveEnd = resolve));
  let over = false;
  let follower: Follower | undefined;
  const lostAfterMs = millis(
    settings,
    'lost-after',
    settings.kind === 'slurm' || settings.kind === 'kubernetes' ? 60_000 : 3000,
  );
  const mostTries = Number(settings.options['retries'] ?? 2);

  const reach = (phase: PlacementPhase, words: string): void => {
    if (over || (record.phase === phase && record.words === words)) return;
    record.phase = phase;
    record.words = words;
    options.keep(record);
  };
  /** Before it runs, a window shows what it waits for. */
  const say = (words: string): void => {
    if (!state.hasStarted) options.onEvent({ type: 'run-queued', reason: words, run, seq: 0, time_ms: now() });
  };
  const end = (event: Omit<Finished, 'run' | 'seq' | 'time_ms' | 'type'>): void => {
    if (over) return;
    if (follower !== undefined) options.target().watch.remove(follower);
    options.onEvent({ seq: 0, time_ms: now(), run, type: 'run-finished', ...event });
    record.words = event.problem?.message ?? '';
    record.phase = 'ended';
    options.keep(record);
    over = true;
    resolveEnd('ended');
  };
  const stop = (how: 'detached' | 'here'): void => {
    if (over) return;
    over = true;
    if (follower !== undefined) options.target().watch.remove(follower);
    resolveEnd(how);
  };
  const endWith = (problem: Problem): void => {
    if (state.cancelAsked) return end({ status: 'cancelled', metrics: {}, ms: elapsed() });
    end({ status: 'failed', metrics: {}, ms: elapsed(), problem });
  };
  const elapsed = (): number => Math.max(0, now() - (record.submittedMs ?? now()));

  async function go(): Promise<void> {
    await options.ready;
    if (over) return;
    if (state.jobs.length === 0 || state.intent !== null) await handOver();
    if (over) return;
    follow();
    if (state.cancelAsked) await tellCancel();
  }

  /** Stages and submits; a target that does not answer is waited for, and so that it is seen. */
  async function handOver(): Promise<void> {
    const waits = patience(millis(settings, 'wait', 30_000) * 60, options.wasReached(), now);
    const sentNow = (): number => options.target().open.files.sentBytes;
    const sentBefore = sentNow();
    for (;;) {
      try {
        if (state.runtime === null || state.tasks.length === 0) await stage();
        if (over) return;
        await submit();
        return;
      } catch (error) {
        if (abort.signal.aborted || over) return;
        const problem = toProblem(error);
        if (problem.code !== 'target.unreachable') throw error;
        const next = waits.pause(sentNow() - sentBefore);
        // Of a job that may be there already only the target can tell: it is asked without end, as for those that were handed over.
        const mayBeThere = state.intent !== null;
        if (next === undefined && !mayBeThere) throw error;
        const words = notYetReached(problem, mayBeThere, next?.untilMs);
        if (record.words !== words) say(words);
        reach('unreachable', words);
        await pause(next?.ms ?? 30_000, abort.signal);
      }
    }
  }

  async function stage(): Promise<void> {
    // While it is not reached, that is what there is to say.
    if (record.phase !== 'unreachable') reach('staging', `looking what ${settings.name} lacks`);
    const shipping = await planThere({
      request,
      memoryMb: state.resources.memoryMb,
      settings,
      ship: (asked) => options.ship(asked, abort.signal),
      open: () => options.target().open,
      listings: join(artifacts.folder, listingsFolder),
      installation: options.installation,
      signal: abort.signal,
      say: (words) => reach('staging', words),
      tellMoves: (moves) =>
        options.onEvent({ type: 'run-moves', target: settings.name, moves: [...moves], run, seq: 0, time_ms: now() }),
      makeHere:
        makeHere &&
        (async (nodes) => {
          // Its first word is the run's.
          state.hasStarted = true;
          await makeHere(nodes, abort.signal);
        }),
    });
    if (shipping.compute.length === 0) return stop('here');
    const staged = await stageRun(options.target().open, {
      run,
      request,
      shipping,
      artifacts,
      installation: options.installation,
      signal: abort.signal,
      say: (words) => {
        reach('staging', words);
        say(words);
      },
    });
    state.runtime = staged.runtime;
    state.tasks = staged.tasks;
    record.sentBytes += staged.sentBytes;
    options.keep(record);
  }

  /** The name is written down before it is used: whoever comes after a crash looks it up instead of starting a second job. */
  async function submit(): Promise<void> {
    if (state.cancelAsked && state.intent === null && state.jobs.length === 0)
      return end({ status: 'cancelled', metrics: {}, ms: 0 });
    const { open } = options.target();
    state.intent ??= jobName(run, stageOf(state), state.tries);
    record.submittedMs ??= now();
    reach('submitting', `handing the run to ${settings.name}`);
    const tasks = openTasks().map(({ i }) => i);
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
    reach('waiting', words);
    say(words);
  }

  function follow(): void {
    follower = {
      watched: () => openTasks().map(({ i, task }): Watched => ({ run, task: i, offset: task.offset })),
      jobs: () => (needsWord() ? state.jobs.slice(-1) : []),
      take: async (looks, statuses) => {
        try {
          await take(looks, statuses);
        } catch (error) {
          // Broken off by a cancel: the next look takes it up.
          if (noMore.signal.aborted) return;
          if (toProblem(error).code === 'target.unreachable') throw error;
          endWith(toProblem(error));
        }
      },
      unreachable: (sinceMs, problem) =>
        reach('unreachable', `not reached since ${new Date(sinceMs).toTimeString().slice(0, 8)}: ${problem.message}`),
    };
    options.target().watch.add(follower);
  }
  const isPart = (): boolean =>
    request.parts !== undefined || state.tasks.some((task) => task.keeps === undefined && task.parts !== undefined);
  /** Of the stage that is under way. */
  const openTasks = (): { i: number; task: PlacedTask }[] => {
    const stage = stageOf(state);
    return state.tasks.flatMap((task, i) => (task.exit === undefined && task.stage === stage ? [{ i, task }] : []));
  };
  let silent = true;
  /** A run that tells of itself needs no scheduler's word. */
  const needsWord = (): boolean => silent;

  async function take(looks: readonly Look[], statuses: ReadonlyMap<string, JobStatus>): Promise<void> {
    const stage = stageOf(state);
    const open = openTasks();
    let told = looks.map((one) => one.lines.flatMap(readEvent));
    if (state.cancelAsked) told = told.map((events) => events.filter((event) => hasCome(event, artifacts)));
    else await fetchFor(told.flat());
    let stderr = '';
    for (const [n, one] of looks.entries()) {
      const task = open[n]?.task;
      if (task === undefined) continue;
      for (const event of told[n] ?? []) pass(task, event);
      task.offset = one.offset;
      if (one.exit !== undefined) {
        task.exit = runExit.parse(JSON.parse(one.exit));
        stderr ||= one.stderr || (task.exit.words ?? '');
      }
    }
    const isOver = open.every(({ task }) => task.exit !== undefined);
    const goesOn =
      isOver && stageOf(state) !== stage && state.tasks.every((t) => (t.exit?.status ?? 'done') === 'done');
    if (goesOn) state.intent = jobName(run, stageOf(state), state.tries);
    if (told.some((events) => events.length > 0) || looks.some((one) => one.exit !== undefined)) options.keep(record);
    if (goesOn) return void nextStage();
    silent = looks.some((one) => one.silentS === null || one.silentS > freshHeartbeatS);
    if (isOver) return finishAll(stderr);
    heed(statuses);
  }

  /** The parts are there: what puts them together is a job of its own. */
  async function nextStage(): Promise<void> {
    if (follower !== undefined) options.target().watch.remove(follower);
    silent = true;
    await go().catch((error: unknown) => endWith(toProblem(error)));
  }

  /** Results come home before the facts that name them are told. What stages make for each other stays. */
  async function fetchFor(events: readonly RunEvent[]): Promise<void> {
    await fetchResults(events.flatMap(resultsOf));
  }
  async function fetchResults(keys: readonly string[]): Promise<void> {
    const kept = keptThere(state);
    const wanted = keys.filter((key) => !kept.has(key) && artifacts.find(key) === undefined);
    if (wanted.length === 0) return;
    const { files } = options.target().open;
    const before = files.fetchedBytes;
    reach('running', `fetching results from ${settings.name}`);
    await files.fetchArtifacts(wanted, artifacts, run, AbortSignal.any([abort.signal, noMore.signal]));
    record.fetchedBytes += files.fetchedBytes - before;
  }
  /** A cancelled run fetches nothing more, and tells nothing that names what did not come. */
  const noMore = new AbortController();

  function pass(task: PlacedTask, event: RunEvent): void {
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
    if (record.phase !== 'running') reach('running', '');
    options.onEvent(event);
  }

  /** What the scheduler says counts only where the run itself is silent. */
  function heed(statuses: ReadonlyMap<string, JobStatus>): void {
    const job = state.jobs.at(-1);
    const status = job === undefined ? undefined : statuses.get(job.name);
    if (!silent) {
      state.goneSince_ms = null;
      return reach('running', '');
    }
    if (status === undefined || status.state === 'unknown') return;
    if (status.state === 'gone') return gone(status);
    state.goneSince_ms = null;
    // It was told, and has not begun: whatever becomes of it, it computes nothing.
    if (status.state === 'waiting' && cancelTold) return end({ status: 'cancelled', metrics: {}, ms: elapsed() });
    if (status.state === 'waiting' && !state.hasStarted) {
      if (record.words !== status.words) say(`${settings.name}: ${status.words}`);
      reach('waiting', status.words);
    } else if (status.state === 'running') reach('running', status.words);
  }

  /** Gone twice, with time between, and no `exit.json`: only then is it lost. */
  function gone({ words, isFinal = false }: JobStatus): void {
    if (state.cancelAsked) return end({ status: 'cancelled', metrics: {}, ms: elapsed() });
    if (state.goneSince_ms === null) {
      state.goneSince_ms = now();
      return options.keep(record);
    }
    if (now() - state.goneSince_ms < lostAfterMs) return;
    if (!isFinal && state.tries < mostTries) return void startAgain(words);
    const status = isFinal ? 'failed' : 'interrupted';
    end({
      status,
      metrics: {},
      ms: elapsed(),
      problem: isFinal ? endedEarly(settings.name, words) : lost(settings.name, words),
    });
  }

  async function startAgain(words: string): Promise<void> {
    state.tries += 1;
    state.intent = jobName(run, stageOf(state), state.tries);
    state.goneSince_ms = null;
    // A log of its own begins anew; files go on.
    if (settings.kind === 'ray' || settings.kind === 'kubernetes') for (const { task } of openTasks()) task.offset = 0;
    if (follower !== undefined) options.target().watch.remove(follower);
    reach('submitting', `lost (${words}); started again, try ${state.tries + 1}`);
    await pause(Math.min(60_000, millis(settings, 'look', 1000) * 2 ** state.tries), abort.signal);
    await go().catch((error: unknown) => endWith(toProblem(error)));
  }

  async function finishAll(stderr: string): Promise<void> {
    if (!state.cancelAsked) await fetchRest();
    const early = state.tasks.find((task) => task.exit?.status === 'cancelled' && task.exit.reason !== 'cancelled');
    // A stage that was never begun has nothing to say.
    const gathered = gatherTasks(state.tasks.filter((task) => task.exit !== undefined));
    if (early !== undefined && !state.cancelAsked)
      return end({
        ...gathered,
        status: 'failed',
        problem: endedEarly(settings.name, early.exit?.reason ?? 'it was ended'),
      });
    if (gathered.status === 'failed' && gathered.problem === undefined)
      return end({ ...gathered, problem: diedSilent(settings.name, stderr) });
    // A part of the pipeline, or its folds: what is left is made at home, from what came.
    if (gathered.status === 'done' && isPart() && !state.cancelAsked) {
      record.phase = 'ended';
      record.words = '';
      options.keep(record);
      return stop('here');
    }
    // What was not fetched any more is not there: it is not done, even where the engine came to its end first.
    end(state.cancelAsked && gathered.status === 'done' ? { ...gathered, status: 'cancelled' } : gathered);
  }

  /** What the run made besides what its events name: states of folds, chains in between. They spare the next run at home their computation. */
  async function fetchRest(): Promise<void> {
    const { files } = options.target().open;
    const names = state.tasks.flatMap((task, i) =>
      task.keeps === undefined ? `${taskFolder(run, i)}/manifest.json` : [],
    );
    const text = (await files.must('reading the results', `cat ${names.join(' ')} 2>/dev/null || true`)).toString();
    await fetchResults([...text.matchAll(/"key":"([a-z0-9]+)"/g)].map((match) => match[1] ?? ''));
  }

  let cancelTold = false;
  async function tellCancel(): Promise<void> {
    const { open, watch } = options.target();
    const job = state.jobs.at(-1);
    watch.hurry();
    try {
      if (job !== undefined) await open.queue.cancel(job, graceMs);
      cancelTold = true;
      watch.hurry();
    } catch (error) {
      reach('unreachable', `the cancel has not arrived: ${toProblem(error).message}`);
      setTimeout(() => {
        if (!over) void tellCancel();
      }, 5000).unref();
    }
  }

  void go().catch((error: unknown) => {
    if (over) return;
    if (abort.signal.aborted && !state.cancelAsked) return stop('detached');
    endWith(toProblem(error instanceof FlowyardError ? error : asProblem(error)));
  });

  return {
    cancel: () => {
      if (over) return;
      state.cancelAsked = true;
      noMore.abort();
      options.keep(record);
      if (state.jobs.length > 0) void tellCancel();
      else if (state.intent === null) {
        abort.abort();
        end({ status: 'cancelled', metrics: {}, ms: 0 });
      }
    },
    detach: () => {
      abort.abort();
      stop('detached');
    },
    ended,
  };
}
