/** Runs of this workspace: starts a runner process for each, keeps its facts, tells whoever watches, and notices when it dies. */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { Steer } from '../../../shared/rpc/contract/training.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import { makeBudget, memoryOfRuns } from '../../compute/budget.ts';
import { placedPart } from '../../remote/placement/placed-part.ts';
import { isLeaving, isReadOnly, newLiveRun, newRunId, notSteerable, toRequest } from './live-run.ts';
import type { NewRunRequest } from './new-run-request.ts';
import { attachRun, placeRun, refuseSending } from './run-elsewhere.ts';
import { endRun, finishRun } from './run-facts.ts';
import { queueRun } from './run-here.ts';
import type { RunManagerOptions, Runs } from './runs-state.ts';
import { streamRunEvents } from './stream-events.ts';

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

/** Names the pipeline of a run that was never saved. */
export const unsavedName = (file: PipelineFile): string => `unsaved:${file.title}`;

export function makeRunManager(options: RunManagerOptions): RunManager {
  const live: Runs['live'] = new Map();
  const budget = options.budget ?? makeBudget({ memoryBytes: memoryOfRuns(), threads: availableParallelism() });
  const runs: Runs = { options, budget, live, closing: false, leaving: false };
  return {
    start: (asked) => startRun(runs, asked),
    cancel: (run) => cancelRun(runs, run),
    attach: (run) => attachRun(runs, run),
    steer: (run, node, to) => steerRun(runs, run, node, to),
    events: (run, afterSeq, signal) => streamRunEvents({ live, store: options.store }, { run, afterSeq, signal }),
    live: () => [...live.keys()],
    takeNoMore: () => void (runs.leaving = true),
    oldestStartMs: () => [...live.values()].map((one) => one.startedMs).sort((a, b) => a - b)[0],
    close: async () => {
      runs.closing = true;
      options.spareRunner?.discard();
      const running = [...live.values()];
      for (const [run, one] of live) {
        if (one.placed !== undefined) one.placed.detach();
        else if (one.handle === undefined) cancelRun(runs, run);
      }
      for (const one of running) one.handle?.kill();
      await Promise.all(running.flatMap((one) => [one.handle?.ended ?? [], one.placed?.ended ?? []].flat()));
    },
  };
}

function startRun(runs: Runs, asked: NewRunRequest): string {
  const { workspace, store, artifacts, changes, targets, isHeavy = () => false, now } = runs.options;
  if (runs.leaving) throw isLeaving();
  if (artifacts.readOnly) throw isReadOnly();
  const run = newRunId(now());
  const { file, parameters } = asked;
  if (asked.target !== undefined) refuseSending(runs, asked, asked.target);
  const part = asked.target === undefined ? placedPart(file, asked.to) : undefined;
  if (part !== undefined) targets?.get(part.target);
  const target = asked.target ?? part?.target;
  const request = {
    ...asked,
    // There and here alike: a result's key may name its parts.
    partitions: asked.partitions ?? part?.partitions,
    // A target has its own.
    limits: target === undefined ? { ...store.settings.limits(), ...asked.limits } : asked.limits,
  };
  store.runs.create({
    id: run,
    pipeline: request.path ?? unsavedName(file),
    draft: request.draft,
    title: file.title || (request.path === null ? 'Untitled' : basename(request.path, '.pipeline.json')),
    file,
    parameters,
    startedMs: now(),
  });
  const one = newLiveRun((share) => toRequest(workspace, run, request, share), now());
  one.replaceServices = request.replaceServices === true;
  runs.live.set(run, one);
  changes.notify('runs');
  const heavy = isHeavy(request);
  if (target !== undefined && targets !== undefined) {
    // A target deals out its own cores and memory.
    const whole = one.requestWith({ threads: request.threads ?? 1024, memoryBytes: 0, release: () => undefined });
    placeRun(runs, run, one, { request: whole, target, ...(part === undefined ? {} : { part }), heavy });
  } else queueRun(runs, run, one, { threads: request.threads, heavy, limits: request.limits });
  return run;
}

function cancelRun(runs: Runs, run: string): void {
  const one = runs.live.get(run);
  if (one === undefined) return;
  one.cancelled = true;
  if (one.placed !== undefined) return one.placed.cancel();
  if (one.handle !== undefined) return one.handle.cancel();
  one.asked?.withdraw();
  finishRun(runs, run, one, undefined);
  void endRun(runs, run, one);
}

function steerRun({ live }: Runs, run: string, node: string | null, to: Steer): string[] {
  const one = live.get(run);
  const nodes = [...(one?.steerable.keys() ?? [])].filter((id) => node === null || id === node);
  if (one === undefined || nodes.length === 0) throw notSteerable(one === undefined, node);
  for (const id of nodes) one.handle?.steer(id, to);
  return nodes;
}
