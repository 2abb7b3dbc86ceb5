/** How long a run itself took, as its last event says: from its order to its end there is also what it waited for. */
export const sql = `
ALTER TABLE runs ADD COLUMN ms REAL;
UPDATE runs SET ms = (SELECT json_extract(body_json, '$.ms') FROM events WHERE run = runs.id AND type = 'run-finished');
`;
