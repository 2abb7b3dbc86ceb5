/** Prompts by content: each text of a pipeline's prompt node that was run, numbered in the order in which it first was. */
export const sql = `
CREATE TABLE prompts (
  pipeline TEXT NOT NULL,
  node TEXT NOT NULL,
  hash TEXT NOT NULL,
  version INTEGER NOT NULL,
  params_json TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  last_run TEXT NOT NULL,
  last_ms INTEGER NOT NULL,
  runs INTEGER NOT NULL,
  PRIMARY KEY (pipeline, node, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX prompts_by_time ON prompts (last_ms DESC);
`;
