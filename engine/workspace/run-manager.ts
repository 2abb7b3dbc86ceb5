/** Runs of this workspace: starts a runner process for each, keeps its facts, tells whoever watches, and notices when it dies. */
import { availableParallelism } from 'node:os';
import { makeBudget, memoryOfOneRun, memoryOfRuns, type Budget } from '../compute/budget.ts';
import { limitsOf, plannedOf } from '../compute/machine-memory.ts';
import { basename } from 'node:path';
import { toProblem, type Problem } from '../../shared/errors.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import type { Steer } from '../../shared/rpc/contract/training.ts';
import type { RunEvent, RunFact } from '../../shared/run/run-events.ts';
import type { RunLimits } from '../../shared/run/run-limits.ts';
import type { RunRequest } from '../run/execute.ts';
import type { SpareRunner } from '../run/runner/spare-runner.ts';
import { startRunner } from '../run/runner/start-runner.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import { toProblemOf } from '../files/store-problem.ts';
import type { Store } from '../store/store.ts';
import type { Json } from '../store/json-columns.ts';
import {
  deal,
  isLeaving,
  isReadOnly,
  isToldElsewhere,
  followSteerable,
  hostEnded,
  isWhole,
  newLiveRun,
  newRunId,
  nodesTold,
  notSteerable,
  secretStays,
  toRequest,
  type LiveRun,
} from './live-run.ts';
import { placedPart } from '../remote/placement/placed-part.ts';
import type { PlacedRun } from '../remote/placement/placed-types.ts';
import { namedSecrets } from '../secrets/named-secrets.ts';
import type { ChangeHub } from './change-hub.ts';
import { runNodesHere } from './run-nodes-here.ts';
import type { TargetManager } from './target-manager.ts';
import { tellRun } from './tell-run.ts';

export interface NewRunRequest extends Pick<RunRequest, 'sweep' | 'to' | 'ignoreCache' | 'granted'> {
  /** Path in the workspace; null: never saved. */
  path: string | null;
  /** What the host calls the open pipeline. */
  draft?: string | undefined;
  /** Where relative paths of the file begin, when that is not its place in the workspace. Absolute. */
  absolutePath?: string;
  file: PipelineFile;
  parameters: Readonly<Record<string, Json>>;
  /** Default: all. */
  threads?: number | undefined;
  /** The name of a target; default: this machine. */
  target?: string | undefined;
  /** Parts of rows that lie in several files; default: as the memory asks for. */
  partitions?: number | undefined;
  limits?: RunLimits | undefined;
  /** Services that it declares may get another model than the one that has their name. */
  replaceServices?: boolean | undefined;
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
  onOutputs: (event: OutputsEvent, replacesServices: boolean) => RunFact[];
  onFinished: (run: string) => void;
  /** What could not be kept, for the log: the run goes on. */
  onProblem: (problem: Problem) => void;
  /** Default: all threads, and half of the memory for two runs at a time. */
  budget?: Budget;
  /** Whether the run will use the heavy engine (`engine/compute/budget.ts`). Default: none does. */
  isHeavy?: (request: NewRunRequest) => boolean;
  /** Runs elsewhere. Default: there is no elsewhere. */
  targets?: Pick<TargetManager, 'get' | 'place' | 'attach'>;
  /** Values of secrets by name; those that there are. Default: none. */
  readSecrets?: (names: readonly string[]) => Promise<Record<string, string>>;
}
export interface RunManager {
  start: (request: NewRunRequest) => string;
  cancel: (run: string) => void;
  /** Follows a run that is on a target and that nobody here follows. Whether it does now. */
  attach: (run: string) => boolean;
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

/** Windows are told this often at most; a runner that has finished may take so long to end. */
const lastWordsMs = 2000;
/** It ended of what it computes: the same would happen again. */
const isOfRun = ({ code }: Problem): boolean =>
  code === 'run.out-of-memory' || code === 'run.time-limit' || code === 'run.crashed';
/** Names the pipeline of a run that was never saved. */
export const unsavedName = (file: PipelineFile): string => `unsaved:${file.title}`;

export function makeRunManager(options: RunManagerOptions): RunManager {
  const { workspace, store, artifacts, changes, now, isHeavy = () => false, readSecrets = async () => ({}) } = options;
  const budget = options.budget ?? makeBudget({ memoryBytes: memoryOfRuns(), threads: availableParallelism() });
  const live = new Map<string, LiveRun>();
  let closing = false;
  let leaving = false;

  function start(asked: NewRunRequest): string {
    if (leaving) throw isLeaving();
    if (artifacts.readOnly) throw isReadOnly();
    const run = newRunId(now());
    const { file, parameters } = asked;
    // What cannot be sent is refused before there is a run.
    if (asked.target !== undefined) refuseSending(asked, asked.target);
    const part = asked.target === undefined ? placedPart(file, asked.to) : undefined;
    if (part !== undefined) options.targets?.get(part.target);
    const target = asked.target ?? part?.target;
    const request = {
      ...asked,
      // There and here alike: a result's key may name its parts.
      partitions: asked.partitions ?? part?.partitions,
      // A target has its own.
      limits: target === undefined ? { ...store.settings.limits(), ...asked.limits } : asked.limits,
    };
    const title = file.title || (request.path === null ? 'Untitled' : basename(request.path, '.pipeline.json'));
    store.runs.create({
      id: run,
      pipeline: request.path ?? unsavedName(file),
      draft: request.draft,
      title,
      file,
      parameters,
      startedMs: now(),
    });
    const one = newLiveRun((share) => toRequest(workspace, run, request, share), now());
    one.replaceServices = request.replaceServices === true;
    live.set(run, one);
    changes.tell('runs');
    if (target !== undefined && options.targets !== undefined) {
      // A target deals out its own cores and memory.
      const whole = one.requestWith({ threads: request.threads ?? 1024, memoryBytes: 0, release: () => undefined });
      const sent = part === undefined ? whole : { ...whole, parts: part.nodes };
      store.flush();
      watchPlaced(
        run,
        one,
        options.targets.place(
          run,
          sent,
          target,
          part?.resources ?? {},
          (event) => take(run, one, event),
          makeHere(run, one),
        ),
        isHeavy(request),
      );
      return run;
    }
    queue(run, one, { threads: request.threads, heavy: isHeavy(request), limits: request.limits });
    return run;
  }

  /** Its turn comes when its share of memory and cores is free. */
  function queue(
    run: string,
    one: LiveRun,
    { threads, heavy, limits }: { threads: number | undefined; heavy: boolean; limits?: RunLimits | undefined },
  ): void {
    const wish = { memoryBytes: plannedOf(limitsOf('run', limits?.memoryBytes).limitBytes), threads, heavy };
    one.asked = budget.ask(wish, (share) => {
      if (closing) return;
      one.share = share;
      // What came from elsewhere was computed for this run: the rest takes it from the cache.
      const request = { ...one.requestWith(share), ...(one.toldElsewhere === undefined ? {} : { ignoreCache: false }) };
      void launchWithSecrets(run, one, request);
    });
    if (one.asked.reason !== undefined) tell(run, one, { type: 'run-queued', reason: one.asked.reason }, now());
  }

  function refuseSending({ file, parameters }: NewRunRequest, target: string): void {
    options.targets?.get(target);
    const [name] = namedSecrets(file, parameters);
    if (name !== undefined) throw secretStays(name);
  }

  function watchPlaced(run: string, one: LiveRun, placed: PlacedRun, heavy: boolean): void {
    one.placed = placed;
    void placed.ended.then((how) => {
      one.placed = undefined;
      if (closing || how === 'detached') {
        live.delete(run);
        return;
      }
      if (how === 'here') {
        one.toldElsewhere = toldOf(run);
        return queue(run, one, { threads: undefined, heavy });
      }
      void endRun(run, one);
    });
  }

  /** Some nodes of a run here, before the rest is sent elsewhere. */
  const makeHere = (run: string, one: LiveRun) => async (nodes: readonly string[], signal: AbortSignal) => {
    await runNodesHere(one, nodes, signal, {
      budget,
      wish: { memoryBytes: memoryOfOneRun() },
      command: options.runnerCommand,
      secretsOf: ({ file, parameters }) => readSecrets(namedSecrets(file, parameters)),
      onEvent: (event) => take(run, one, event),
    });
    one.toldElsewhere = toldOf(run);
  };
  const toldOf = (run: string) => nodesTold(store.eventsAfter(run, -1, Number.MAX_SAFE_INTEGER));

  function attach(run: string): boolean {
    const row = store.runs.get(run);
    const placement = store.placements.get(run);
    if (live.has(run) || row === undefined || placement === undefined || placement.phase === 'ended') return false;
    if (row.finished_ms !== null) {
      // It was told to its end, and only that was not written down.
      store.placements.save({ ...placement, phase: 'ended', endedMs: row.finished_ms });
      return false;
    }
    const one = newLiveRun((share) => ({ ...placement.request, parts: undefined, ...deal(share) }), now());
    one.seq = store.lastSeq(run) + 1;
    live.set(run, one);
    const placed = options.targets?.attach(run, (event) => take(run, one, event), makeHere(run, one));
    if (placed === undefined) {
      live.delete(run);
      return false;
    }
    watchPlaced(run, one, placed, false);
    changes.tell('runs');
    return true;
  }

  async function launchWithSecrets(run: string, one: LiveRun, request: RunRequest): Promise<void> {
    try {
      const names = namedSecrets(request.file, request.parameters);
      const secrets = names.length === 0 ? {} : await readSecrets(names);
      if (!one.finished && !closing) launch(run, one, request, secrets);
    } catch (error) {
      if (one.finished) return;
      finish(run, one, toProblem(error), 'failed');
      await endRun(run, one);
    }
  }

  function launch(run: string, one: LiveRun, request: RunRequest, secrets: Readonly<Record<string, string>>): void {
    one.handle = startRunner(
      { ...request, secrets },
      {
        command: options.runnerCommand,
        spare: options.spareRunner?.take(request.limits?.memoryBytes),
        onEvent: (event) => take(run, one, event),
      },
    );
    void one.handle.ended.then(({ problem }) => {
      if (!one.finished && !closing && problem !== undefined && isOfRun(problem)) {
        // The card of the node that it worked at says so, too.
        if (problem.node !== undefined)
          take(run, one, { type: 'node-failed', node: problem.node, problem, run, seq: 0, time_ms: now() });
        finish(run, one, problem, 'failed');
      }
      if (!one.finished) finish(run, one, closing ? hostEnded : problem);
      void endRun(run, one);
    });
  }

  /** The host numbers the facts: those that it adds itself stand among those of the runner. */
  function take(run: string, one: LiveRun, event: RunEvent): void {
    if (one.finished || isToldElsewhere(one, event)) return;
    // Where a part ran elsewhere, the rest that runs here knows of its own time alone.
    const isRest = event.type === 'run-finished' && one.toldElsewhere !== undefined;
    tell(run, one, isRest ? { ...event, ms: now() - one.startedMs } : event, event.time_ms);
    followSteerable(one.steerable, event);
    if ((event.type === 'node-finished' || event.type === 'node-cached') && isWhole(event.variant))
      for (const fact of takeOutputs(event))
        tell(run, one, event.trial === undefined ? fact : { ...fact, trial: event.trial }, now());
    if (event.type === 'run-finished') {
      one.finished = true;
      one.over.abort();
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
      return options.onOutputs(event, live.get(event.run)?.replaceServices === true);
    } catch (error) {
      const problem = { ...toProblemOf(workspace)(error), severity: 'warning' as const, node: event.node };
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
    if (one.placed !== undefined) return one.placed.cancel();
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

  return {
    start,
    cancel,
    attach,
    steer,
    events: (run, afterSeq, signal) => tellRun({ live, store }, { run, afterSeq, signal }),
    live: () => [...live.keys()],
    takeNoMore: () => void (leaving = true),
    oldestStartMs: () => [...live.values()].map((one) => one.startedMs).sort((a, b) => a - b)[0],
    close: async () => {
      closing = true;
      options.spareRunner?.discard();
      const running = [...live.values()];
      for (const [run, one] of live) {
        if (one.placed !== undefined) one.placed.detach();
        else if (one.handle === undefined) cancel(run);
      }
      for (const one of running) one.handle?.kill();
      await Promise.all(running.flatMap((one) => [one.handle?.ended ?? [], one.placed?.ended ?? []].flat()));
    },
  };
}
