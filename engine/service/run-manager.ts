/** Runs of this workspace: starts a runner process for each, keeps its facts, tells whoever watches, and notices when it dies. */
import { randomBytes } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { makeBudget, type Asked, type Budget, type Share } from '../compute/budget.ts';
import { basename, join } from 'node:path';
import { unsavedPath } from '../run/unsaved-path.ts';
import { fail, toProblem, type Problem } from '../../shared/errors.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import type { Steer } from '../../shared/rpc/contract/training.ts';
import type { RunEvent, RunFact } from '../../shared/run-events.ts';
import type { RunRequest } from '../run/execute.ts';
import type { SpareRunner } from '../run/spare-runner.ts';
import { startRunner, type RunnerHandle } from '../run/start-runner.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { toProblemOf } from '../store/store-problem.ts';
import type { Store } from '../store/store.ts';
import type { Json } from '../store/json-columns.ts';
import { namedSecrets } from '../secrets/named-secrets.ts';
import { pause, type ChangeHub } from './change-hub.ts';

export interface NewRunRequest extends Pick<RunRequest, 'sweep' | 'to' | 'ignoreCache' | 'granted'> {
  /** Path in the workspace; null: never saved. */
  path: string | null;
  /** Where relative paths of the file begin, when that is not its place in the workspace. Absolute. */
  absolutePath?: string;
  file: PipelineFile;
  parameters: Readonly<Record<string, Json>>;
  /** Default: all. */
  threads?: number | undefined;
}
type OutputsEvent = Extract<RunEvent, { type: 'node-finished' | 'node-cached' }>;

export interface RunManagerOptions {
  workspace: string;
  store: Store;
  artifacts: ArtifactStore;
  changes: ChangeHub;
  /** The Node binary and the script of a runner. */
  runnerCommand: readonly string[];
  /** Taken by the first run. */
  spareRunner?: SpareRunner | undefined;
  now: () => number;
  /** What a finished node gave, before anybody is told: registers models, starts services. The facts that it returns follow the node's own. */
  onOutputs: (event: OutputsEvent) => RunFact[];
  onFinished: (run: string) => void;
  /** What could not be kept, for the log: the run goes on. */
  onProblem: (problem: Problem) => void;
  /** Default: all threads, and half of the memory for two runs at a time. */
  budget?: Budget;
  /** Whether the run will use the heavy engine (`engine/compute/budget.ts`). Default: none does. */
  isHeavy?: (request: NewRunRequest) => boolean;
  /** Values of secrets by name; those that there are. Default: none. */
  readSecrets?: (names: readonly string[]) => Promise<Record<string, string>>;
}
export interface RunManager {
  start: (request: NewRunRequest) => string;
  cancel: (run: string) => void;
  /** Tells a running node, or all that heed it (null), and gives those that were told. Fails when there is none. */
  steer: (run: string, node: string | null, to: Steer) => string[];
  /** Facts after a number, then as they come; progress at most ten times a second. Ends behind `run-finished`. */
  events: (run: string, afterSeq: number, signal: AbortSignal) => AsyncIterable<RunEvent[]>;
  live: () => string[];
  /** The host is going: another one takes what is asked from now on. */
  takeNoMore: () => void;
  /** When the oldest living run began: its results may be about to be read. */
  oldestStartMs: () => number | undefined;
  close: () => Promise<void>;
}

interface LiveRun {
  request: NewRunRequest;
  startedMs: number;
  seq: number;
  handle: RunnerHandle | undefined;
  /** Its place in the queue, then its share. */
  asked: Asked | undefined;
  share: Share | undefined;
  /** Nodes that heed pause, resume and finish, with how many of their computations are under way. */
  steerable: Map<string, number>;
  cancelled: boolean;
  finished: boolean;
  /** The newest progress of each node: only the last counts. */
  progress: Map<string, RunEvent>;
  watchers: Set<() => void>;
}

/** Windows are told this often at most, with all that came in between. */
const tellEveryMs = 100;
/** A runner that has finished may take so long to end. */
const lastWordsMs = 2000;
const pageOfEvents = 500;
export const memoryOfRuns = (): number => totalmem() * 0.5;
/** Names the pipeline of a run that was never saved. */
export const unsavedName = (file: PipelineFile): string => `unsaved:${file.title}`;

export function makeRunManager(options: RunManagerOptions): RunManager {
  const { workspace, store, artifacts, changes, now, isHeavy = () => false, readSecrets = async () => ({}) } = options;
  const budget = options.budget ?? makeBudget({ memoryBytes: memoryOfRuns(), threads: availableParallelism() });
  const live = new Map<string, LiveRun>();
  let closing = false;
  let leaving = false;

  function start(request: NewRunRequest): string {
    if (leaving)
      throw fail('host.leaving', {
        message: 'The Flowyard that worked in this folder is about to end.',
        mend: 'Try again: the next one takes its place.',
      });
    if (artifacts.readOnly)
      throw fail('store.read-only', {
        message: 'This workspace cannot be written, so nothing can run in it.',
        mend: 'Copy the workspace to a folder that you may write in.',
      });
    const run = newRunId(now());
    const { file, parameters } = request;
    const title = file.title || (request.path === null ? 'Untitled' : basename(request.path, '.pipeline.json'));
    store.runs.create({
      id: run,
      pipeline: request.path ?? unsavedName(file),
      title,
      file,
      parameters,
      startedMs: now(),
    });
    const one: LiveRun = {
      request,
      startedMs: now(),
      seq: 0,
      handle: undefined,
      asked: undefined,
      share: undefined,
      steerable: new Map(),
      cancelled: false,
      finished: false,
      progress: new Map(),
      watchers: new Set(),
    };
    live.set(run, one);
    changes.tell('runs');
    const wish = { memoryBytes: memoryOfRuns() / 2, threads: request.threads, heavy: isHeavy(request) };
    one.asked = budget.ask(wish, (share) => {
      if (closing) return;
      one.share = share;
      const names = namedSecrets(request.file, request.parameters);
      if (names.length === 0) launch(run, one, share, {});
      else void launchWithSecrets(run, one, share, names);
    });
    if (one.asked.reason !== undefined) tell(run, one, { type: 'run-queued', reason: one.asked.reason }, now());
    return run;
  }

  async function launchWithSecrets(run: string, one: LiveRun, share: Share, names: readonly string[]): Promise<void> {
    try {
      const secrets = await readSecrets(names);
      if (!one.finished && !closing) launch(run, one, share, secrets);
    } catch (error) {
      if (one.finished) return;
      finish(run, one, toProblem(error), 'failed');
      await endRun(run, one);
    }
  }

  function launch(
    run: string,
    one: LiveRun,
    { threads, memoryBytes }: Share,
    secrets: Readonly<Record<string, string>>,
  ): void {
    const { request } = one;
    const path = request.absolutePath ?? join(workspace, request.path ?? unsavedPath(request.file.title));
    const dealt = { threads, memoryBytes: Math.floor(memoryBytes) };
    const { file, parameters, granted, sweep, to, ignoreCache } = request;
    one.handle = startRunner(
      {
        run,
        file,
        path,
        workspace,
        parameters,
        granted,
        sweep,
        to,
        ignoreCache,
        deterministic: true,
        secrets,
        ...dealt,
      },
      {
        command: options.runnerCommand,
        spare: options.spareRunner?.take(),
        onEvent: (event) => take(run, one, event),
      },
    );
    void one.handle.ended.then(({ problem }) => {
      if (!one.finished) finish(run, one, closing ? hostEnded : problem);
      void endRun(run, one);
    });
  }

  /** The host numbers the facts: those that it adds itself stand among those of the runner. */
  function take(run: string, one: LiveRun, event: RunEvent): void {
    if (one.finished) return;
    tell(run, one, event, event.time_ms);
    followSteerable(one.steerable, event);
    if ((event.type === 'node-finished' || event.type === 'node-cached') && isPlain(event.variant))
      for (const fact of takeOutputs(event)) tell(run, one, fact, now());
    if (event.type === 'run-finished') {
      one.finished = true;
      try {
        store.flush();
        options.onFinished(run);
      } catch (error) {
        // A full disk: the facts wait in the store, which tries again. The host goes on.
        options.onProblem(toProblemOf(workspace)(error));
      }
      // It has nothing more to say: its place is for the next run, whether or not it finds its end.
      const timer = setTimeout(() => one.handle?.kill(), lastWordsMs);
      void one.handle?.ended.then(() => clearTimeout(timer));
    }
  }

  function takeOutputs(event: OutputsEvent): RunFact[] {
    try {
      return options.onOutputs(event);
    } catch (error) {
      const problem: Problem = { ...toProblemOf(workspace)(error), severity: 'warning', node: event.node };
      return [{ type: 'node-warning', node: event.node, problem }];
    }
  }

  function tell(run: string, one: LiveRun, fact: RunFact, timeMs: number): void {
    const event: RunEvent = { ...fact, run, seq: one.seq++, time_ms: timeMs };
    if (event.type === 'node-progress') one.progress.set(event.node, event);
    else store.recordEvent(event);
    for (const wake of one.watchers) wake();
  }

  function finish(
    run: string,
    one: LiveRun,
    problem: Problem | undefined,
    otherwise: 'interrupted' | 'failed' = 'interrupted',
  ): void {
    const status = one.cancelled ? 'cancelled' : otherwise;
    take(run, one, {
      type: 'run-finished',
      status,
      metrics: {},
      ms: now() - one.startedMs,
      ...(problem === undefined || one.cancelled ? {} : { problem }),
      run,
      seq: 0,
      time_ms: now(),
    });
  }

  async function endRun(run: string, one: LiveRun): Promise<void> {
    live.delete(run);
    for (const wake of one.watchers) wake();
    if (!closing) one.share?.release();
    changes.tell('runs', 'cache');
    await artifacts.endRun(run).catch((error: unknown) => options.onProblem(toProblemOf(workspace)(error)));
  }

  function cancel(run: string): void {
    const one = live.get(run);
    if (one === undefined) return;
    one.cancelled = true;
    if (one.handle !== undefined) return one.handle.cancel();
    one.asked?.withdraw();
    finish(run, one, undefined);
    void endRun(run, one);
  }

  function steer(run: string, node: string | null, to: Steer): string[] {
    const one = live.get(run);
    const nodes = [...(one?.steerable.keys() ?? [])].filter((id) => node === null || id === node);
    if (one === undefined || nodes.length === 0) throw notSteerable(one === undefined, node);
    for (const id of nodes) one.handle?.steer(id, to);
    return nodes;
  }

  async function* events(run: string, afterSeq: number, signal: AbortSignal): AsyncIterable<RunEvent[]> {
    if (store.runs.get(run) === undefined)
      throw fail('run.unknown', {
        message: `There is no run "${run}".`,
        mend: 'It may have been removed from the history.',
      });
    let seq = afterSeq;
    for (;;) {
      const one = live.get(run);
      const facts = store.eventsAfter(run, seq, pageOfEvents);
      const full = facts.length === pageOfEvents;
      const lastFact = facts.at(-1)?.seq ?? seq;
      const progress = full ? [] : [...(one?.progress.values() ?? [])].filter((event) => event.seq > seq);
      const batch = [...facts, ...progress].sort((a, b) => a.seq - b.seq);
      if (batch.length > 0) {
        yield batch;
        seq = Math.max(lastFact, batch.at(-1)?.seq ?? seq);
      }
      if (signal.aborted || facts.some((event) => event.type === 'run-finished')) return;
      if (full) continue;
      if (one === undefined || one.finished) {
        // Finished, and nothing new: all was told before.
        if (batch.length === 0) return;
        continue;
      }
      if (batch.length > 0) await pause(tellEveryMs, signal);
      await somethingNew(run, one, seq, signal);
    }
  }

  /** Resolves when the run has told something after this number, has ended, or nobody wants to know any more. */
  function somethingNew(run: string, one: LiveRun, seq: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (one.seq - 1 > seq || one.finished || !live.has(run) || signal.aborted) return resolve();
      const wake = (): void => {
        one.watchers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      one.watchers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  return {
    start,
    cancel,
    steer,
    events,
    live: () => [...live.keys()],
    takeNoMore: () => void (leaving = true),
    oldestStartMs: () => [...live.values()].map((one) => one.startedMs).sort((a, b) => a - b)[0],
    close: async () => {
      closing = true;
      options.spareRunner?.discard();
      const running = [...live.values()];
      for (const [run, one] of live) if (one.handle === undefined) cancel(run);
      for (const one of running) one.handle?.kill();
      await Promise.all(running.flatMap((one) => one.handle?.ended ?? []));
    },
  };
}

const hostEnded: Problem = {
  code: 'run.interrupted',
  severity: 'error',
  message: 'Flowyard was closed while this run was under way.',
  mend: 'Run again: what was finished is kept and is not computed anew.',
};
const notSteerable = (isOver: boolean, node: string | null) =>
  isOver
    ? fail('run.not-steerable', {
        message: 'This run is not under way.',
        mend: 'Start it again: it goes on from what it has kept.',
      })
    : fail('run.not-steerable', {
        message:
          node === null
            ? 'Nothing that runs now can be paused or ended early.'
            : `"${node}" is not training now, or cannot be paused or ended early.`,
        mend: 'Wait until it trains, or stop the run.',
        ...(node === null ? {} : { node }),
      });

function followSteerable(steerable: Map<string, number>, event: RunEvent): void {
  if (event.type === 'node-steerable') steerable.set(event.node, (steerable.get(event.node) ?? 0) + 1);
  if (event.type !== 'node-finished' && event.type !== 'node-failed') return;
  const left = (steerable.get(event.node) ?? 1) - 1;
  if (left > 0) steerable.set(event.node, left);
  else steerable.delete(event.node);
}

const isPlain = (variant: Readonly<Record<string, unknown>> | undefined): boolean =>
  variant === undefined || Object.keys(variant).length === 0;

/** Sortable by time, readable, unique: `20261124-101530-3f9a2c`. */
function newRunId(nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-${randomBytes(3).toString('hex')}`;
}
