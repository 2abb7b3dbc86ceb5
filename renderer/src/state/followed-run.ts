/** The run that each open pipeline shows: started here or found running, followed across reconnects. */
import { create } from 'zustand';
import { toProblem } from '../../../shared/errors.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { reduceRunEvents, startRunState, type NodeRunState, type RunState } from '../../../shared/run/run-state.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import { t } from '../text/t.ts';
import { toast } from './toasts.ts';
import { showScreen } from './view.ts';
import { changedSince } from '../edits/changed-since.ts';
import { host } from '../rpc/host.ts';
import { scheduleCheck } from './check.ts';
import { documentOf, useActive, useDocuments } from './documents.ts';

export interface FollowedRun {
  state: RunState;
  /** The pipeline that runs; null: not known (a run found under way). */
  file: PipelineFile | null;
  /** From the click on "Stop" until the run is over. */
  stopping: boolean;
}
interface RunsState {
  byDraft: Readonly<Record<string, FollowedRun | undefined>>;
}
export const useRuns = create<RunsState>()(() => ({ byDraft: {} }));

/** A slice of the run of the pipeline in front. */
export function useRun<T>(slice: (run: FollowedRun | undefined) => T): T {
  const draft = useDocuments((s) => s.active);
  return useRuns((s) => slice(draft === null ? undefined : s.byDraft[draft]));
}
export const useNodeRun = (node: string): NodeRunState | undefined => useRun((run) => run?.state.nodes[node]);
export const runOf = (draft: string | null): FollowedRun | undefined =>
  draft === null ? undefined : useRuns.getState().byDraft[draft];
export const isRunning = (run: FollowedRun | undefined): boolean =>
  run !== undefined && (run.state.status === 'running' || run.state.status === 'starting');

/** The host may tell all windows of a run before it has answered the one that asked for it. */
const starting = new Set<string>();

export interface StartOptions {
  to?: string | null;
  ignoreCache?: boolean;
  /** Where it runs; null: here. */
  target?: string | null;
  /** Rows that lie in several files are computed in so many parts. */
  partitions?: number | undefined;
}

/** Starts a run of the pipeline as it is, saved or not. Fails with the host's problem. */
export async function startRun(draft: string, options: StartOptions = {}): Promise<string | undefined> {
  const document = documentOf(draft);
  // A double press is one wish.
  if (document === undefined || starting.has(draft)) return undefined;
  starting.add(draft);
  const { run } = await host()
    ['runs.start']({
      pipeline: { path: document.path, file: document.file },
      draft,
      to: options.to ?? null,
      ...(options.ignoreCache === true ? { ignoreCache: true } : {}),
      ...(options.partitions === undefined ? {} : { partitions: options.partitions }),
      ...(options.target === undefined || options.target === null ? {} : { target: options.target }),
    })
    .finally(() => starting.delete(draft));
  void followRun(draft, run, document.file);
  return run;
}

export async function stopRun(draft: string): Promise<void> {
  const followed = runOf(draft);
  if (followed === undefined || !isRunning(followed)) return;
  set(draft, { ...followed, stopping: true });
  await host()['runs.cancel']({ run: followed.state.run });
}

/** Whether the run's facts about a node are of the pipeline as it is now. */
export function useIsCurrent(node: string): boolean {
  const ran = useRun((run) => run?.file ?? null);
  return useActive((document) => ran === null || document === undefined || !changes(ran, document.file).has(node));
}
const changeCache = new WeakMap<PipelineFile, { now: PipelineFile; changed: ReadonlySet<string> }>();
function changes(then: PipelineFile, now: PipelineFile): ReadonlySet<string> {
  const known = changeCache.get(then);
  if (known?.now === now) return known.changed;
  const changed = changedSince(then, now);
  changeCache.set(then, { now, changed });
  return changed;
}

const following = new Map<string, AbortController>();
const finished = new Set<(draft: string, run: RunState) => void>();
/** Calls back when a followed run is over. */
export function onRunFinished(listener: (draft: string, run: RunState) => void): () => void {
  finished.add(listener);
  return () => finished.delete(listener);
}

/** Folds a run's events from the first on; a broken connection goes on after the last one seen. `isOver`: its end is no news. */
export async function followRun(draft: string, run: string, file: PipelineFile | null, isOver = false): Promise<void> {
  following.get(draft)?.abort();
  const abort = new AbortController();
  following.set(draft, abort);
  set(draft, { state: startRunState(run), file, stopping: false });
  for (let attempt = 0; !abort.signal.aborted; attempt++) {
    try {
      const afterSeq = runOf(draft)?.state.lastSeq ?? -1;
      for await (const events of host()['runs.events'](
        { run, afterSeq },
        { signal: abort.signal, resume: (last) => ({ run, afterSeq: last.at(-1)?.seq ?? -1 }) },
      )) {
        attempt = 0;
        const now = runOf(draft);
        if (abort.signal.aborted || now?.state.run !== run) return;
        set(draft, { ...now, state: reduceRunEvents(now.state, events) });
        tellServices(draft, events);
        if (events.some((event) => event.type === 'node-finished' || event.type === 'node-cached'))
          scheduleCheck(draft);
      }
      break;
    } catch (thrown) {
      const now = runOf(draft);
      if (abort.signal.aborted || now === undefined) return;
      if (attempt >= 6) {
        set(draft, {
          ...now,
          stopping: false,
          state: { ...now.state, status: 'interrupted', problem: toProblem(thrown) },
        });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
  if (abort.signal.aborted) return;
  following.delete(draft);
  const over = runOf(draft);
  if (over === undefined) return;
  set(draft, { ...over, stopping: false });
  scheduleCheck(draft, 0);
  if (!isOver) finished.forEach((listener) => listener(draft, over.state));
}

const awaitedServices = new Set<string>();
/** Somebody has pressed a button for this service: it is told when it is there. */
export const awaitService = (draft: string, node: string): void => void awaitedServices.add(`${draft} ${node}`);

/** A service that was asked for, and one whose name the run wanted for another model; a run that is looked at again has said so before. */
function tellServices(draft: string, events: readonly RunEvent[]): void {
  for (const event of events) {
    if (event.type !== 'service-declared' || Date.now() - event.time_ms >= 60_000) continue;
    const { service, kept } = event;
    const isAwaited = awaitedServices.delete(`${draft} ${event.node}`);
    const look = (): void => showScreen({ name: 'services', service });
    if (kept !== undefined)
      toast({
        tone: 'warn',
        title: t('services.kept', { service, model: kept }),
        detail: t('services.keptHint'),
        action: { title: t('services.look'), run: look },
      });
    else if (isAwaited)
      toast({
        tone: 'ok',
        title: t('services.isServed', { service }),
        action: { title: t('services.tryIt'), run: look },
      });
  }
}

/**
 * A run that another window has begun, or that began before this one was opened. `isNew` false: shown while it is under way, and where it ended without its
 * results: of those the check knows, and of a failure only the run.
 */
export async function showRun(draft: string, run: string, isNew: boolean): Promise<void> {
  if (starting.has(draft) || runOf(draft)?.state.run === run) return;
  const { run: row, file } = await host()['runs.get']({ run });
  const isUnderWay = row.status === 'running' || row.status === 'queued';
  if ((!isNew && row.status === 'done') || runOf(draft)?.state.run === run) return;
  await followRun(draft, run, file, !isNew && !isUnderWay);
}

export function forgetRun(draft: string): void {
  following.get(draft)?.abort();
  following.delete(draft);
  set(draft, undefined);
}

const set = (draft: string, run: FollowedRun | undefined): void =>
  useRuns.setState((s) => ({ byDraft: { ...s.byDraft, [draft]: run } }));
