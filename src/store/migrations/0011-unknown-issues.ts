export const sql = `
-- The app has issues in the repository about keys that are not on record, as after a loss of the record.
ALTER TABLE repositories ADD COLUMN has_unknown_issues boolean NOT NULL DEFAULT false;
`;
