/** The workspace's history in SQLite. Only the host opens it; what comes fast is written in batches. */
import { join } from 'node:path';
import { largest } from '../../shared/append.ts';
import type { Problem } from '../../shared/errors.ts';
import { isTransient, type RunEvent } from '../../shared/run/run-events.ts';
import { openDrafts, type DraftRepository } from './drafts.ts';
import { openEvents } from './events.ts';
import { openMetrics, type MetricRepository } from './metrics.ts';
import { openModels, type ModelRepository } from './models.ts';
import { databaseName, openDatabase, watchForRemoval } from './open-database.ts';
import { openPipelines, type PipelineRepository } from './pipelines.ts';
import { openPrompts, type PromptRepository } from './prompts.ts';
import { makeRecorder } from './record-event.ts';
import { openRequests, type NewRequest, type RequestRepository } from './requests.ts';
import { openRuns, type RunRepository } from './runs.ts';
import { openServices, type ServiceRepository } from './services.ts';
import { openSessionRepository, type SessionRepository } from './sessions.ts';
import { openSettings, type SettingsRepository } from './settings.ts';
import { guardStore, storeProblem } from '../files/store-problem.ts';
import { openPlacements, openTargets, type PlacementRepository, type TargetRepository } from './targets.ts';

/** What comes fast waits at most this long for its transaction. */
const batchMs = 100;
const retryMs = 1000;
const seqGapAfterCrash = 100_000;

export interface Store {
  readOnly: boolean;
  /** What a person should know about the opening: a copy of a read-only folder, a damaged file that was set aside. */
  notice: Problem | undefined;
  runs: RunRepository;
  metrics: MetricRepository;
  models: ModelRepository;
  services: ServiceRepository;
  requests: Omit<RequestRepository, 'insert'>;
  pipelines: PipelineRepository;
  drafts: DraftRepository;
  sessions: SessionRepository;
  settings: SettingsRepository;
  targets: TargetRepository;
  placements: PlacementRepository;
  prompts: PromptRepository;
  /** Runs that the last host left unfinished and that are marked now. */
  interrupted: readonly string[];
  /** Takes a fact of a run. It is readable at once, and on the disk within 100 ms. */
  recordEvent: (event: RunEvent) => void;
  recordRequest: (request: NewRequest) => void;
  /** Facts of a run with a higher number, in order. */
  eventsAfter: (run: string, seq: number, limit?: number) => RunEvent[];
  lastSeq: (run: string) => number;
  /** Writes what waits, and what `also` writes in the same transaction. Throws `store.disk-full` and its like; what could not be written waits on. */
  flush: (also?: () => void) => void;
  /** Empty: the file is sound. */
  checkIntegrity: () => string[];
  close: () => void;
  [Symbol.dispose]: () => void;
}
export interface OpenStoreOptions {
  now?: () => number;
  damaged?: 'refuse' | 'set-aside';
  migrations?: readonly string[];
  /** A batch that was due could not be written: said once until it succeeds again. */
  onWriteProblem?: (problem: Problem) => void;
}

// Over 80 lines: one database is opened, checked and handed to its repositories in order.
export function openStore(
  workspaceFolder: string,
  { now = Date.now, damaged = 'refuse', migrations, onWriteProblem }: OpenStoreOptions = {},
): Store {
  const folder = join(workspaceFolder, '.flowyard');
  const place = join(folder, databaseName);
  const { database, readOnly, notice, close } = openDatabase({
    folder,
    now,
    damaged,
    ...(migrations === undefined ? {} : { migrations }),
  });
  const refuseIfGone = watchForRemoval(database.name);
  const drafts = openDrafts(database);
  const runs = openRuns(database);
  const events = openEvents(database);
  const metrics = openMetrics(database);
  const requests = openRequests(database);
  const record = makeRecorder({ database, events, metrics });

  let waitingEvents: RunEvent[] = [];
  let waitingRequests: NewRequest[] = [];
  let timer: NodeJS.Timeout | undefined;
  let failing = false;

  const writeBatch = database.transaction(
    (batch: readonly RunEvent[], asked: readonly NewRequest[], also?: () => void) => {
      for (const event of batch) record(event);
      for (const request of asked) requests.insert(request);
      for (const service of new Set(asked.map((request) => request.service))) requests.removeOld(service);
      also?.();
    },
  );
  function flush(also?: () => void): void {
    clearTimeout(timer);
    timer = undefined;
    if (waitingEvents.length === 0 && waitingRequests.length === 0 && also === undefined) return;
    try {
      writeBatch.immediate(waitingEvents, waitingRequests, also);
    } catch (error) {
      // Nothing is thrown away: it waits in memory until there is room.
      flushLater(retryMs);
      throw storeProblem(error, place);
    }
    waitingEvents = [];
    waitingRequests = [];
    failing = false;
  }
  function flushLater(delayMs: number): void {
    timer ??= setTimeout(() => {
      try {
        flush();
      } catch (error) {
        if (!failing) onWriteProblem?.(storeProblem(error, place).problem);
        failing = true;
      }
    }, delayMs);
  }

  function markInterrupted(run: string): void {
    const problem: Problem = {
      code: 'run.interrupted',
      severity: 'error',
      message: 'Flowyard ended while this run was under way.',
      mend: 'Run again: what was finished is kept and is not computed anew.',
    };
    const startedMs = runs.get(run)?.started_ms ?? now();
    // The last facts before a crash may be unwritten and yet seen by a window, which asks for what follows them: the end of the run stands well behind.
    record({
      seq: events.lastSeq(run) + seqGapAfterCrash,
      time_ms: now(),
      run,
      type: 'run-finished',
      status: 'interrupted',
      metrics: {},
      problem,
      ms: now() - startedMs,
    });
  }
  const interrupted = guardStore(place, () =>
    database.transaction(() => {
      const unfinished = runs.unfinished();
      for (const run of unfinished) markInterrupted(run);
      return unfinished;
    })(),
  );

  const store: Store = {
    readOnly,
    notice,
    runs,
    metrics,
    models: openModels(database),
    services: openServices(database),
    requests,
    pipelines: openPipelines(database),
    drafts: {
      ...drafts,
      keep: (draft) => {
        refuseIfGone();
        drafts.keep(draft);
      },
    },
    sessions: openSessionRepository(database),
    settings: openSettings(database),
    targets: openTargets(database),
    placements: openPlacements(database),
    prompts: openPrompts(database),
    interrupted,
    recordEvent: (event) => {
      if (isTransient(event)) return;
      waitingEvents.push(event);
      flushLater(batchMs);
    },
    recordRequest: (request) => {
      waitingRequests.push(request);
      flushLater(batchMs);
    },
    eventsAfter: (run, seq, limit = 1000) => {
      const stored = events.after(run, seq, limit);
      const from = stored.at(-1)?.seq ?? seq;
      const waiting =
        stored.length < limit ? waitingEvents.filter((event) => event.run === run && event.seq > from) : [];
      return [...stored, ...waiting].slice(0, limit);
    },
    lastSeq: (run) =>
      largest([events.lastSeq(run), ...waitingEvents.filter((event) => event.run === run).map((event) => event.seq)]),
    flush,
    checkIntegrity: () => [
      ...database
        .prepare<[], { integrity_check: string }>('PRAGMA integrity_check')
        .all()
        .map((row) => row.integrity_check)
        .filter((said) => said !== 'ok'),
      ...database
        .prepare<[], { table: string }>('PRAGMA foreign_key_check')
        .all()
        .map((row) => `a row of ${row.table} refers to nothing`),
    ],
    close: () => {
      if (!database.open) return;
      try {
        flush();
      } finally {
        clearTimeout(timer);
        close();
      }
    },
    [Symbol.dispose]: () => store.close(),
  };
  return store;
}
