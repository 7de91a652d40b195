export const sql = `
-- Since when the app knows that it no longer covers the repository; null: it covers it.
ALTER TABLE repositories ADD COLUMN removed_at timestamptz;
CREATE INDEX repositories_removed ON repositories (removed_at) WHERE state = 'removed' OR removed_at IS NOT NULL;

-- When the check was last found to be needed still, so that the sweep does not look at it again each time.
ALTER TABLE check_runs ADD COLUMN examined_at timestamptz;
CREATE INDEX check_runs_examined ON check_runs (greatest(touched_at, examined_at)) WHERE conclusion = 'success';

CREATE INDEX subjects_head ON subjects (repository_id, head) WHERE head IS NOT NULL;
CREATE INDEX subjects_ended ON subjects (as_of) WHERE head IS NULL;
CREATE INDEX commit_scans_scanned ON commit_scans (scanned_at);
CREATE INDEX redeliveries_asked ON redeliveries (asked_at);
-- Tips to name to git, and whether there is a baseline, of a repository with tens of thousands of former heads.
CREATE INDEX known_tips_covered ON known_tips (repository_id, covered_at);
CREATE INDEX known_tips_baseline ON known_tips (repository_id) WHERE kind = 'baseline';
`;
