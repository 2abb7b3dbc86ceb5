/** Machines that runs can be sent to, and the runs that were sent. No secrets: a key is a file's place. */
export const sql = `
CREATE TABLE targets (
  name TEXT PRIMARY KEY,
  settings_json TEXT NOT NULL,
  -- SHA256:… of the SSH host key that was believed when it was added
  host_key TEXT,
  facts_json TEXT,
  findings_json TEXT NOT NULL DEFAULT '[]',
  tested_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE placements (
  run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  target TEXT NOT NULL,
  -- as it was when the run was sent: a target that was changed or removed meanwhile loses no run
  settings_json TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('staging', 'submitting', 'waiting', 'running', 'unreachable', 'ended')),
  words TEXT NOT NULL DEFAULT '',
  request_json TEXT NOT NULL,
  -- what was handed over, and how far its events were taken
  state_json TEXT NOT NULL,
  sent_bytes INTEGER NOT NULL DEFAULT 0,
  fetched_bytes INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  submitted_ms INTEGER,
  ended_ms INTEGER
) STRICT;
CREATE INDEX placements_by_phase ON placements (phase);
`;
