/** A model that waits for a person to let it have a service's name waits over the end of its host. */
export const sql = `
-- what a run declared for the name; NULL: nothing waits
ALTER TABLE services ADD COLUMN offer_json TEXT;
`;
