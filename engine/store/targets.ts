/** Targets and the runs that were sent to them. */
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import {
  finding,
  targetFacts,
  targetSettings,
  type Finding,
  type PlacementPhase,
  type PlacementRow,
  type TargetFacts,
  type TargetRow,
  type TargetSettings,
} from '../../shared/targets.ts';
import { runRequest } from '../../shared/run/runner-protocol.ts';
import { placedState, type PlacedState } from './placements/placed-state.ts';

export interface Placement {
  run: string;
  settings: TargetSettings;
  phase: PlacementPhase;
  words: string;
  request: z.output<typeof runRequest>;
  state: PlacedState;
  sentBytes: number;
  fetchedBytes: number;
  createdMs: number;
  submittedMs: number | null;
  endedMs: number | null;
}
interface StoredTarget {
  settings_json: string;
  host_key: string | null;
  facts_json: string | null;
  findings_json: string;
  tested_ms: number | null;
  created_ms: number;
}
interface StoredPlacement {
  run: string;
  settings_json: string;
  phase: PlacementPhase;
  words: string;
  request_json: string;
  state_json: string;
  sent_bytes: number;
  fetched_bytes: number;
  created_ms: number;
  submitted_ms: number | null;
  ended_ms: number | null;
}

export interface TargetRepository {
  save: (settings: TargetSettings, createdMs: number) => void;
  tested: (name: string, facts: TargetFacts | null, findings: readonly Finding[], testedMs: number) => void;
  pinHostKey: (name: string, hostKey: string) => void;
  list: () => TargetRow[];
  get: (name: string) => TargetRow | undefined;
  remove: (name: string) => void;
}
export interface PlacementRepository {
  save: (placement: Placement) => void;
  get: (run: string) => Placement | undefined;
  /** Runs that are somewhere else and have not come to their end. */
  open: () => string[];
  list: (limit: number) => PlacementRow[];
}

export function openTargets(database: Database): TargetRepository {
  const save = database.prepare<[string, string, number]>(
    `INSERT INTO targets (name, settings_json, created_ms) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET settings_json = excluded.settings_json,
       -- the key that a machine showed holds while it is that machine, whatever else is said anew
       host_key = CASE WHEN settings_json ->> '$.host' IS excluded.settings_json ->> '$.host'
         AND settings_json ->> '$.port' IS excluded.settings_json ->> '$.port' THEN host_key END,
       facts_json = NULL, findings_json = '[]', tested_ms = NULL`,
  );
  const tested = database.prepare<[string | null, string, number, string]>(
    'UPDATE targets SET facts_json = coalesce(?, facts_json), findings_json = ?, tested_ms = ? WHERE name = ?',
  );
  const pin = database.prepare<[string, string]>('UPDATE targets SET host_key = ? WHERE name = ?');
  const columns = 'settings_json, host_key, facts_json, findings_json, tested_ms, created_ms';
  const list = database.prepare<[], StoredTarget>(`SELECT ${columns} FROM targets ORDER BY created_ms, name`);
  const get = database.prepare<[string], StoredTarget>(`SELECT ${columns} FROM targets WHERE name = ?`);
  const remove = database.prepare<[string]>('DELETE FROM targets WHERE name = ?');
  return {
    save: (settings, createdMs) => void save.run(settings.name, JSON.stringify(settings), createdMs),
    tested: (name, facts, findings, testedMs) =>
      void tested.run(facts === null ? null : JSON.stringify(facts), JSON.stringify(findings), testedMs, name),
    pinHostKey: (name, hostKey) => void pin.run(hostKey, name),
    list: () => list.all().map(toTarget),
    get: (name) => {
      const stored = get.get(name);
      return stored === undefined ? undefined : toTarget(stored);
    },
    remove: (name) => void remove.run(name),
  };
}

const toTarget = (stored: StoredTarget): TargetRow => ({
  ...targetSettings.parse(JSON.parse(stored.settings_json)),
  host_key: stored.host_key,
  facts: stored.facts_json === null ? null : targetFacts.parse(JSON.parse(stored.facts_json)),
  findings: z.array(finding).parse(JSON.parse(stored.findings_json)),
  tested_ms: stored.tested_ms,
  created_ms: stored.created_ms,
});

export function openPlacements(database: Database): PlacementRepository {
  const save = database.prepare<
    [string, string, string, string, string, string, string, number, number, number, number | null, number | null]
  >(
    `INSERT INTO placements (run, target, settings_json, phase, words, request_json, state_json, sent_bytes, fetched_bytes, created_ms, submitted_ms, ended_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run) DO UPDATE SET phase = excluded.phase, words = excluded.words, request_json = excluded.request_json, state_json = excluded.state_json,
       sent_bytes = excluded.sent_bytes, fetched_bytes = excluded.fetched_bytes, submitted_ms = excluded.submitted_ms, ended_ms = excluded.ended_ms`,
  );
  const columns =
    'run, settings_json, phase, words, request_json, state_json, sent_bytes, fetched_bytes, created_ms, submitted_ms, ended_ms';
  const get = database.prepare<[string], StoredPlacement>(`SELECT ${columns} FROM placements WHERE run = ?`);
  const open = database.prepare<[], { run: string }>(
    "SELECT run FROM placements WHERE phase <> 'ended' ORDER BY created_ms",
  );
  const list = database.prepare<
    [number],
    StoredPlacement & { title: string; status: string; problem_json: string | null }
  >(
    `SELECT ${columns
      .split(', ')
      .map((c) => `placements.${c}`)
      .join(', ')}, runs.title, runs.status, runs.problem_json
     FROM placements JOIN runs ON runs.id = placements.run ORDER BY placements.created_ms DESC LIMIT ?`,
  );
  return {
    save: (p) =>
      void save.run(
        p.run,
        p.settings.name,
        JSON.stringify(p.settings),
        p.phase,
        p.words,
        JSON.stringify(p.request),
        JSON.stringify(p.state),
        Math.round(p.sentBytes),
        Math.round(p.fetchedBytes),
        p.createdMs,
        p.submittedMs,
        p.endedMs,
      ),
    get: (run) => {
      const stored = get.get(run);
      return stored === undefined ? undefined : toPlacement(stored);
    },
    open: () => open.all().map(({ run }) => run),
    list: (limit) =>
      list.all(limit).map(({ title, status, problem_json, ...stored }): PlacementRow => {
        const settings = targetSettings.parse(JSON.parse(stored.settings_json));
        const state = placedState.parse(JSON.parse(stored.state_json));
        return {
          run: stored.run,
          target: settings.name,
          kind: settings.kind,
          phase: stored.phase,
          words: stored.words,
          job: state.jobs.at(-1)?.id ?? null,
          tasks: Math.max(1, state.tasks.length),
          tasks_done: state.tasks.filter((task) => task.exit !== undefined).length,
          sent_bytes: stored.sent_bytes,
          fetched_bytes: stored.fetched_bytes,
          created_ms: stored.created_ms,
          submitted_ms: stored.submitted_ms,
          ended_ms: stored.ended_ms,
          title,
          status,
          problem: problem_json === null ? null : JSON.parse(problem_json),
        };
      }),
  };
}

const toPlacement = (stored: StoredPlacement): Placement => ({
  run: stored.run,
  settings: targetSettings.parse(JSON.parse(stored.settings_json)),
  phase: stored.phase,
  words: stored.words,
  request: runRequest.parse(JSON.parse(stored.request_json)),
  state: placedState.parse(JSON.parse(stored.state_json)),
  sentBytes: stored.sent_bytes,
  fetchedBytes: stored.fetched_bytes,
  createdMs: stored.created_ms,
  submittedMs: stored.submitted_ms,
  endedMs: stored.ended_ms,
});
