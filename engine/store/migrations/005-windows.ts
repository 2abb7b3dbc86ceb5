/** Windows outlive the host: who may come back, and how far each had come in a pipeline that was open. */
export const sql = `
-- the last edit of each window that is in the file, so that none is done twice
ALTER TABLE drafts ADD COLUMN seqs_json TEXT NOT NULL DEFAULT '{}';
-- given up by a person; kept for a while, so that it can be taken back
ALTER TABLE drafts ADD COLUMN discarded_ms INTEGER;

CREATE TABLE sessions (
  -- SHA-256 of the cookie's value, which stands nowhere
  hash TEXT PRIMARY KEY,
  port INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  used_ms INTEGER NOT NULL,
  ends_ms INTEGER NOT NULL
) STRICT;
`;
