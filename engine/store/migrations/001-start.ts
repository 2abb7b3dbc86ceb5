/** Times are milliseconds since 1970. Bodies named `_json` hold JSON text. */
export const sql = `
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  pipeline TEXT NOT NULL,
  title TEXT NOT NULL,
  file_json TEXT NOT NULL,
  parameters_json TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  started_ms INTEGER NOT NULL,
  finished_ms INTEGER,
  metrics_json TEXT NOT NULL DEFAULT '{}',
  problem_json TEXT
) STRICT;
CREATE INDEX runs_by_time ON runs (started_ms DESC);
CREATE INDEX runs_by_pipeline ON runs (pipeline, started_ms DESC);

CREATE TABLE events (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  type TEXT NOT NULL,
  body_json TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT;

CREATE TABLE node_runs (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  node TEXT NOT NULL,
  -- '' or the fold or sweep value as canonical JSON
  variant TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'cached', 'failed', 'skipped', 'cancelled', 'interrupted')),
  reason TEXT,
  started_ms INTEGER,
  ms REAL,
  saved_ms REAL,
  problem_json TEXT,
  PRIMARY KEY (run, node, variant)
) STRICT, WITHOUT ROWID;

-- The results that a run made or found, by their keys. The bytes are in the artifact store.
CREATE TABLE artifacts (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  node TEXT NOT NULL,
  variant TEXT NOT NULL,
  port TEXT NOT NULL,
  key TEXT NOT NULL,
  wire TEXT NOT NULL,
  row_count INTEGER,
  column_count INTEGER,
  bytes INTEGER,
  PRIMARY KEY (run, node, variant, port)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_by_key ON artifacts (key);

CREATE TABLE metrics (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  node TEXT NOT NULL,
  variant TEXT NOT NULL,
  name TEXT NOT NULL,
  step REAL,
  value REAL,
  signature TEXT,
  time_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX metrics_by_run ON metrics (run, node, name);

-- Version numbers are never used twice, even when a version was removed.
CREATE TABLE model_names (
  name TEXT PRIMARY KEY,
  last_version INTEGER NOT NULL
) STRICT;
CREATE TABLE models (
  name TEXT NOT NULL REFERENCES model_names (name),
  version INTEGER NOT NULL,
  key TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  run TEXT NOT NULL,
  node TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  metrics_json TEXT NOT NULL DEFAULT '{}',
  description_json TEXT NOT NULL,
  PRIMARY KEY (name, version)
) STRICT;
CREATE INDEX models_by_key ON models (key);

CREATE TABLE services (
  name TEXT PRIMARY KEY,
  model TEXT NOT NULL,
  model_version INTEGER NOT NULL,
  model_key TEXT NOT NULL,
  -- What the person wants: a service that should run is started again with the host.
  wanted TEXT NOT NULL CHECK (wanted IN ('running', 'stopped')),
  port INTEGER,
  token TEXT,
  settings_json TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  latency_ms REAL NOT NULL,
  status INTEGER NOT NULL,
  model_key TEXT NOT NULL,
  model_version INTEGER NOT NULL,
  input_json TEXT NOT NULL,
  output_json TEXT NOT NULL,
  error TEXT
) STRICT;
CREATE INDEX requests_by_service ON requests (service, id DESC);

CREATE TABLE pipelines (
  path TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  opened_ms INTEGER NOT NULL
) STRICT;
-- Contents that may run: saved here, or trusted by the person.
CREATE TABLE trusted_contents (
  hash TEXT PRIMARY KEY,
  why TEXT NOT NULL CHECK (why IN ('saved-here', 'person')),
  time_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE drafts (
  draft TEXT PRIMARY KEY,
  path TEXT,
  title TEXT NOT NULL,
  file_json TEXT NOT NULL,
  saved_hash TEXT,
  time_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_path ON drafts (path);
`;
