/** Runs and what their nodes did. */
import type { Database } from 'better-sqlite3';
import type * as z from 'zod';
import type { Problem } from '../../shared/errors.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import type { runRow } from '../../shared/rpc/contract.ts';
import type { OutputFact } from '../../shared/run/run-events.ts';
import { positiveIn } from '../../methods/metrics/metric-value.ts';
import { redactSettings } from '../secrets/redact.ts';
import { optionalJson, type Json } from './json-columns.ts';

export type RunRow = z.output<typeof runRow>;
export type RunStatus = RunRow['status'];
export interface NewRun {
  id: string;
  /** The pipeline's path in the workspace, or `unsaved:<title>` for one that was never saved. */
  pipeline: string;
  /** What the host calls the open pipeline. */
  draft?: string | undefined;
  title: string;
  file: PipelineFile;
  parameters: Readonly<Record<string, Json>>;
  startedMs: number;
}
interface Stored {
  id: string;
  pipeline: string;
  title: string;
  status: RunStatus;
  started_ms: number;
  finished_ms: number | null;
  /** What the run itself took, as every screen says it; null: it is not over. */
  ms: number | null;
  computed: number;
  cached: number;
  parameters_json: string;
  metrics_json: string;
  /** Node → the signature of a figure of the positive class. */
  positives_json: string | null;
  problem_json: string | null;
}

interface StoredOutput {
  port: string;
  wire: OutputFact['wire'];
  key: string;
  row_count: number | null;
  column_count: number | null;
  bytes: number | null;
}

const selectRun = `
SELECT id, pipeline, title, status, started_ms, finished_ms, ms, parameters_json, metrics_json, problem_json,
  (SELECT json_group_object(node, signature) FROM metrics WHERE run = runs.id AND name = 'f1' AND signature IS NOT NULL) AS positives_json,
  (SELECT count(DISTINCT node) FROM node_runs WHERE run = runs.id AND state = 'done') AS computed,
  (SELECT count(DISTINCT node) FROM node_runs WHERE run = runs.id AND state = 'cached') AS cached
FROM runs`;

export interface RunRepository {
  create: (run: NewRun) => void;
  get: (id: string) => RunRow | undefined;
  file: (id: string) => PipelineFile | undefined;
  list: (options: { limit: number; beforeMs: number | null; pipeline: string | null }) => RunRow[];
  /** Runs of a pipeline that was not saved belong to its file, once there is one. */
  adopt: (draft: string, pipeline: string) => string[];
  /** The newest run of a pipeline, whatever became of it. */
  last: (pipeline: string) => RunRow | undefined;
  lastOfDraft: (draft: string) => RunRow | undefined;
  /** Runs that a host left queued or running, but for those that are somewhere else and go on without it. */
  unfinished: () => string[];
  remove: (id: string) => void;
  /** What a node gave the last time that it gave something: for "stale", and to show a result that is older than the settings. */
  lastOutputs: (
    pipeline: string,
    node: string,
  ) => { run: string; ms: number | null; outputs: OutputFact[] } | undefined;
  /** What the nodes of a run gave, folds and sweep values apart. */
  outputs: (run: string) => (OutputFact & { node: string })[];
  /** Language models that runs gave, newest first. */
  languageOutputs: () => { key: string; node: string; title: string }[];
  /** Keys that the newest finished run of each pipeline refers to. */
  keysOfLastRuns: () => string[];
}

export function openRuns(database: Database): RunRepository {
  const insert = database.prepare<[string, string, string | null, string, string, string, number]>(
    "INSERT INTO runs (id, pipeline, draft, title, file_json, parameters_json, status, started_ms) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?)",
  );
  const get = database.prepare<[string], Stored>(`${selectRun} WHERE id = ?`);
  const file = database.prepare<[string], { file_json: string }>('SELECT file_json FROM runs WHERE id = ?');
  const list = database.prepare<[number | null, number | null, string | null, string | null, number], Stored>(
    `${selectRun} WHERE (? IS NULL OR started_ms < ?) AND (? IS NULL OR pipeline = ?) ORDER BY started_ms DESC, id DESC LIMIT ?`,
  );
  const unfinished = database.prepare<[], { id: string }>(
    `SELECT id FROM runs WHERE status IN ('queued', 'running')
     AND id NOT IN (SELECT run FROM placements WHERE phase <> 'ended')`,
  );
  const adopt = database.prepare<[string, string], { id: string }>(
    "UPDATE runs SET pipeline = ? WHERE draft = ? AND pipeline LIKE 'unsaved:%' RETURNING id",
  );
  const lastOfDraft = database.prepare<[string], Stored>(
    `${selectRun} WHERE draft = ? ORDER BY started_ms DESC, id DESC LIMIT 1`,
  );
  const remove = database.prepare<[string]>('DELETE FROM runs WHERE id = ?');
  const lastRunOfNode = database.prepare<[string, string], { run: string; ms: number | null }>(
    `SELECT run, coalesce(node_runs.ms, saved_ms) AS ms FROM node_runs JOIN runs ON runs.id = node_runs.run
     WHERE pipeline = ? AND node = ? AND variant = '' AND state IN ('done', 'cached') ORDER BY runs.started_ms DESC LIMIT 1`,
  );
  const outputs = database.prepare<[string, string], StoredOutput>(
    "SELECT port, wire, key, row_count, column_count, bytes FROM artifacts WHERE run = ? AND node = ? AND variant = '' ORDER BY port",
  );
  const allOutputs = database.prepare<[string], StoredOutput & { node: string }>(
    // Of a cross-validation, the model is the one that was made of all rows.
    `SELECT node, port, wire, key, row_count, column_count, bytes FROM artifacts
     WHERE run = ? AND (variant = '' OR (wire = 'model' AND variant = '{"fold":"refit"}')) ORDER BY node, port`,
  );
  const lastKeys = database.prepare<[], { key: string }>(
    `SELECT DISTINCT key FROM artifacts WHERE run IN (
       SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY pipeline ORDER BY started_ms DESC) AS place FROM runs) WHERE place = 1
     )`,
  );
  const language = database.prepare<[], { key: string; node: string; title: string }>(
    `SELECT key, node, title FROM artifacts JOIN runs ON runs.id = artifacts.run
     WHERE wire = 'llm' AND variant = '' ORDER BY runs.started_ms DESC LIMIT 200`,
  );
  return {
    create: (run) =>
      void insert.run(
        run.id,
        run.pipeline,
        run.draft ?? null,
        run.title,
        // What a check refuses for the secret in it must not be kept by its run.
        JSON.stringify(redactSettings(run.file)),
        JSON.stringify(redactSettings(run.parameters)),
        run.startedMs,
      ),
    get: (id) => toRow(get.get(id)),
    file: (id) => {
      const stored = file.get(id);
      return stored === undefined ? undefined : JSON.parse(stored.file_json);
    },
    list: ({ limit, beforeMs, pipeline }) =>
      list.all(beforeMs, beforeMs, pipeline, pipeline, limit).flatMap((stored) => toRow(stored) ?? []),
    adopt: (draft, pipeline) => adopt.all(pipeline, draft).map(({ id }) => id),
    last: (pipeline) => toRow(list.get(null, null, pipeline, pipeline, 1)),
    lastOfDraft: (draft) => toRow(lastOfDraft.get(draft)),
    unfinished: () => unfinished.all().map(({ id }) => id),
    remove: (id) => void remove.run(id),
    lastOutputs: (pipeline, node) => {
      const found = lastRunOfNode.get(pipeline, node);
      return found === undefined ? undefined : { ...found, outputs: outputs.all(found.run, node).map(toOutput) };
    },
    outputs: (run) => allOutputs.all(run).map(({ node, ...stored }) => ({ node, ...toOutput(stored) })),
    languageOutputs: () => language.all(),
    keysOfLastRuns: () => lastKeys.all().map(({ key }) => key),
  };
}

function toRow(stored: Stored | undefined): RunRow | undefined {
  if (stored === undefined) return undefined;
  const { parameters_json, metrics_json, positives_json, problem_json, ...rest } = stored;
  const signatures: Record<string, string> = JSON.parse(positives_json ?? '{}');
  const positives = Object.entries(signatures).flatMap(([node, signature]) => {
    const label = positiveIn(signature);
    return label === undefined ? [] : [[node, label]];
  });
  const problem: Problem | null = optionalJson(problem_json);
  return {
    ...rest,
    parameters: JSON.parse(parameters_json),
    metrics: JSON.parse(metrics_json),
    positives: Object.fromEntries(positives),
    problem,
  };
}

function toOutput(stored: StoredOutput): OutputFact {
  return {
    port: stored.port,
    wire: stored.wire,
    key: stored.key,
    ...(stored.row_count === null ? {} : { rows: stored.row_count }),
    ...(stored.column_count === null ? {} : { columns: stored.column_count }),
    ...(stored.bytes === null ? {} : { bytes: stored.bytes }),
  };
}
