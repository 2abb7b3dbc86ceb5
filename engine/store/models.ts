/** Registered models: a name and a whole number that is never used twice. The model itself is in the artifact store, by its key. */
import type { Database } from 'better-sqlite3';
import type * as z from 'zod';
import type { modelRow } from '../../shared/rpc/contract.ts';

export type ModelRow = z.output<typeof modelRow>;
/** What the model's own file says. */
export type ModelDescription = Pick<
  ModelRow,
  'kind' | 'task' | 'target' | 'bytes' | 'input_schema' | 'classes' | 'facts'
>;
export interface NewModel extends Pick<ModelRow, 'name' | 'key' | 'created_ms' | 'run' | 'node' | 'pipeline'> {
  description: ModelDescription;
}
interface Stored extends Pick<ModelRow, 'name' | 'version' | 'key' | 'created_ms' | 'run' | 'node' | 'pipeline'> {
  metrics_json: string;
  description_json: string;
}

export interface ModelRepository {
  /** Gives the version: that of before when this very model already has the name, else the next number. */
  register: (model: NewModel) => number;
  list: () => ModelRow[];
  /** `version` null: the newest. */
  get: (name: string, version: number | null) => ModelRow | undefined;
  remove: (name: string, version: number) => boolean;
  /** Models that these runs made of a pipeline that was not saved belong to its file, once there is one. */
  adopt: (runs: readonly string[], pipeline: string) => void;
  /** What an evaluation measured on this model, under all its names. */
  setMetrics: (key: string, metrics: ModelRow['metrics']) => void;
  ofKey: (key: string) => ModelRow[];
  keys: () => string[];
}

export function openModels(database: Database): ModelRepository {
  const known = database.prepare<[string, string], { version: number }>(
    'SELECT version FROM models WHERE name = ? AND key = ?',
  );
  const nextVersion = database.prepare<[string], { last_version: number }>(
    'INSERT INTO model_names (name, last_version) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last_version = last_version + 1 RETURNING last_version',
  );
  const insert = database.prepare<[string, number, string, number, string, string, string, string]>(
    'INSERT INTO models (name, version, key, created_ms, run, node, pipeline, description_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const columns = 'name, version, key, created_ms, run, node, pipeline, metrics_json, description_json';
  const list = database.prepare<[], Stored>(
    `SELECT ${columns} FROM models ORDER BY created_ms DESC, name, version DESC`,
  );
  const get = database.prepare<[string, number | null, number | null], Stored>(
    `SELECT ${columns} FROM models WHERE name = ? AND (? IS NULL OR version = ?) ORDER BY version DESC LIMIT 1`,
  );
  const ofKey = database.prepare<[string], Stored>(
    `SELECT ${columns} FROM models WHERE key = ? ORDER BY created_ms, name, version`,
  );
  const remove = database.prepare<[string, number]>('DELETE FROM models WHERE name = ? AND version = ?');
  const adopt = database.prepare<[string, string]>(
    "UPDATE models SET pipeline = ? WHERE run = ? AND pipeline LIKE 'unsaved:%'",
  );
  const setMetrics = database.prepare<[string, string]>('UPDATE models SET metrics_json = ? WHERE key = ?');
  const keys = database.prepare<[], { key: string }>('SELECT DISTINCT key FROM models');
  return {
    register: database.transaction((model: NewModel): number => {
      const before = known.get(model.name, model.key);
      if (before !== undefined) return before.version;
      const version = nextVersion.get(model.name)?.last_version ?? 1;
      insert.run(
        model.name,
        version,
        model.key,
        Math.round(model.created_ms),
        model.run,
        model.node,
        model.pipeline,
        JSON.stringify(model.description),
      );
      return version;
    }),
    list: () => list.all().map(toRow),
    get: (name, version) => {
      const stored = get.get(name, version, version);
      return stored === undefined ? undefined : toRow(stored);
    },
    remove: (name, version) => remove.run(name, version).changes > 0,
    adopt: (runs, pipeline) => runs.forEach((run) => adopt.run(pipeline, run)),
    setMetrics: (key, metrics) => void setMetrics.run(JSON.stringify(metrics), key),
    ofKey: (key) => ofKey.all(key).map(toRow),
    keys: () => keys.all().map(({ key }) => key),
  };
}

function toRow({ metrics_json, description_json, ...rest }: Stored): ModelRow {
  const description: ModelDescription = JSON.parse(description_json);
  return { ...rest, metrics: JSON.parse(metrics_json), ...description };
}
