/** One run under way: what the manager knows of it, and what a runner is asked. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fail, type Problem } from '../../../shared/errors.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { Asked, Share } from '../../compute/budget.ts';
import type { RunRequest } from '../../run/run-request.ts';
import type { RunnerHandle } from '../../run/runner/start-runner.ts';
import { unsavedPath } from '../../run/unsaved-path.ts';
import type { PlacedRun } from '../../remote/placement/placed-types.ts';
import type { NewRunRequest } from './new-run-request.ts';

export interface LiveRun {
  /** What a runner here would be asked. */
  requestWith: (share: Share) => RunRequest;
  /** Where it is, when that is not here. */
  placed: PlacedRun | undefined;
  /** Nodes that were finished in an earlier stage of the run: elsewhere, or here before the rest was sent. */
  reportedElsewhere: ReadonlySet<string> | undefined;
  startedMs: number;
  seq: number;
  handle: RunnerHandle | undefined;
  /** Its place in the queue, then its share. */
  asked: Asked | undefined;
  share: Share | undefined;
  /** Nodes that heed pause, resume and finish, with how many of their computations are under way. */
  steerable: Map<string, number>;
  /** What it declares may replace services of other pipelines. */
  replaceServices: boolean;
  cancelled: boolean;
  finished: boolean;
  /** The newest progress of each node: only the last counts. */
  progress: Map<string, RunEvent>;
  watchers: Set<() => void>;
  /** Aborted with the last fact: nobody waits for more to come with it. */
  over: AbortController;
}

export const newLiveRun = (requestWith: LiveRun['requestWith'], startedMs: number): LiveRun => ({
  requestWith,
  placed: undefined,
  reportedElsewhere: undefined,
  startedMs,
  seq: 0,
  handle: undefined,
  asked: undefined,
  share: undefined,
  steerable: new Map(),
  replaceServices: false,
  cancelled: false,
  finished: false,
  progress: new Map(),
  watchers: new Set(),
  over: new AbortController(),
});

/** Nodes of which another machine told that they are finished: they are not told again. Undefined: nothing was told. */
export function finishedNodes(reported: readonly RunEvent[]): Set<string> | undefined {
  if (!reported.some((event) => event.type === 'run-started')) return undefined;
  return new Set(
    reported.flatMap((event) => (event.type === 'node-finished' || event.type === 'node-cached' ? event.node : [])),
  );
}

/** Facts that a remote has told already. */
export function isReportedElsewhere({ reportedElsewhere }: LiveRun, event: RunEvent): boolean {
  if (reportedElsewhere === undefined) return false;
  if (event.type === 'run-started') return true;
  return (
    (event.type === 'node-cached' || (event.type === 'metric' && event.step === undefined)) &&
    reportedElsewhere.has(event.node)
  );
}

export const deal = ({ threads, memoryBytes }: Share): Pick<RunRequest, 'threads' | 'memoryBytes'> => ({
  threads,
  memoryBytes: Math.floor(memoryBytes),
});

export function toRequest(workspace: string, run: string, request: NewRunRequest, share: Share): RunRequest {
  const path = request.absolutePath ?? join(workspace, request.path ?? unsavedPath(request.file.title));
  const { file, parameters, granted, sweep, to, ignoreCache, partitions, limits } = request;
  return {
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
    ...(partitions === undefined ? {} : { partitions }),
    ...(limits === undefined ? {} : { limits }),
    ...deal(share),
  };
}

export const hostEnded: Problem = {
  code: 'run.interrupted',
  severity: 'error',
  message: 'Flowyard was closed while this run was under way.',
  mend: 'Run again: what was finished is kept and is not computed anew.',
};
export const isUnknown = (run: string) =>
  fail('run.unknown', { message: `There is no run "${run}".`, mend: 'It may have been removed from the history.' });
export const isLeaving = () =>
  fail('host.leaving', {
    message: 'The Flowyard that worked in this folder is about to end.',
    mend: 'Try again: the next one takes its place.',
  });
export const secretStays = (name: string) =>
  fail('target.secret-stays', {
    message: `The pipeline uses the secret "${name}", and secrets do not leave this machine.`,
    mend: 'Run it here, or leave out what needs the secret.',
  });
export const isReadOnly = () =>
  fail('store.read-only', {
    message: 'This workspace cannot be written, so nothing can run in it.',
    mend: 'Copy the workspace to a folder that you may write in.',
  });
export const notSteerable = (isOver: boolean, node: string | null) =>
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

export function followSteerable(steerable: Map<string, number>, event: RunEvent): void {
  if (event.type === 'node-steerable') steerable.set(event.node, (steerable.get(event.node) ?? 0) + 1);
  if (event.type !== 'node-finished' && event.type !== 'node-failed') return;
  const left = (steerable.get(event.node) ?? 1) - 1;
  if (left > 0) steerable.set(event.node, left);
  else steerable.delete(event.node);
}

/** What stands for its node: no variant, or, of a cross-validation, what was made of all rows. */
export const isWhole = (variant: Readonly<Record<string, unknown>> | undefined): boolean =>
  Object.entries(variant ?? {}).every(([name, value]) => name === 'fold' && value === 'refit');

/** Sortable by time, readable, unique: `20261124-101530-3f9a2c`. */
export function newRunId(nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-${randomBytes(3).toString('hex')}`;
}
