/** Where a service was declared, so that another pipeline does not replace it unasked; and which model answered a request, by its name too. */
export const sql = `
-- pipeline#node; NULL: deployed by hand, or before this was kept
ALTER TABLE services ADD COLUMN origin TEXT;
ALTER TABLE requests ADD COLUMN model TEXT NOT NULL DEFAULT '';
`;
