/** Runs of a pipeline that has no file yet are found again by its draft: after a reload, in another window, and when it is saved. */
export const sql = `
ALTER TABLE runs ADD COLUMN draft TEXT;
CREATE INDEX runs_by_draft ON runs (draft, started_ms);
`;
