/** What a person chose for the workspace. */
export const sql = `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value_json TEXT NOT NULL
) STRICT;
`;
