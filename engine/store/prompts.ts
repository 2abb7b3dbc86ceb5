/** Versions of prompts: by content, counted for each prompt node of each pipeline. */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import type { Json } from './json-columns.ts';

export interface StoredPrompt {
  pipeline: string;
  node: string;
  hash: string;
  version: number;
  params: Record<string, Json>;
  created_ms: number;
  last_run: string;
  last_ms: number;
  runs: number;
}
type Stored = Omit<StoredPrompt, 'params'> & { params_json: string };

export interface PromptRepository {
  /** A prompt that was run: its version, new or known. */
  keep: (prompt: {
    pipeline: string;
    node: string;
    params: Record<string, Json>;
    run: string;
    nowMs: number;
  }) => number;
  /** Newest first; null: of all pipelines. */
  list: (pipeline: string | null, limit?: number) => StoredPrompt[];
}

/** Of what the model reads: the name of the column is no part of it. */
export const hashOfPrompt = ({ output: _output, ...params }: Record<string, Json>): string =>
  createHash('sha256').update(compactJson(params)).digest('hex').slice(0, 16);

export function openPrompts(database: Database): PromptRepository {
  const known = database.prepare<[string, string, string], { version: number }>(
    'SELECT version FROM prompts WHERE pipeline = ? AND node = ? AND hash = ?',
  );
  const again = database.prepare<[string, number, string, string, string]>(
    'UPDATE prompts SET last_run = ?, last_ms = ?, runs = runs + 1 WHERE pipeline = ? AND node = ? AND hash = ?',
  );
  const last = database.prepare<[string, string], { version: number | null }>(
    'SELECT max(version) AS version FROM prompts WHERE pipeline = ? AND node = ?',
  );
  const insert = database.prepare<[string, string, string, number, string, number, string, number]>(
    'INSERT INTO prompts (pipeline, node, hash, version, params_json, created_ms, last_run, last_ms, runs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)',
  );
  const all = database.prepare<[number], Stored>('SELECT * FROM prompts ORDER BY last_ms DESC, version DESC LIMIT ?');
  const ofPipeline = database.prepare<[string, number], Stored>(
    'SELECT * FROM prompts WHERE pipeline = ? ORDER BY last_ms DESC, version DESC LIMIT ?',
  );
  const keep = database.transaction<PromptRepository['keep']>(({ pipeline, node, params, run, nowMs }) => {
    const hash = hashOfPrompt(params);
    const found = known.get(pipeline, node, hash);
    if (found !== undefined) {
      again.run(run, nowMs, pipeline, node, hash);
      return found.version;
    }
    const version = (last.get(pipeline, node)?.version ?? 0) + 1;
    insert.run(pipeline, node, hash, version, JSON.stringify(params), nowMs, run, nowMs);
    return version;
  });
  return {
    keep: (prompt) => keep.immediate(prompt),
    list: (pipeline, limit = 500) =>
      (pipeline === null ? all.all(limit) : ofPipeline.all(pipeline, limit)).map(({ params_json, ...rest }) => ({
        ...rest,
        params: JSON.parse(params_json),
      })),
  };
}
