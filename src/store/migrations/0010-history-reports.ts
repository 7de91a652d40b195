export const sql = `
-- The leak is known from the history alone: no push or pull request brought it since the installation.
ALTER TABLE leaks ADD COLUMN from_history boolean NOT NULL DEFAULT false;

-- Live keys of histories that are no settled leaks, and what is done with them.
CREATE TABLE history_keys (
  repository_id bigint NOT NULL,
  fingerprint text NOT NULL,
  -- issue: it gets one; summary: it is in the owner's summary; stranger: it is on record only.
  standing text NOT NULL CHECK (standing IN ('issue', 'summary', 'stranger')),
  account_created text,
  at_tip boolean NOT NULL,
  -- When it became a leak on record, and when its issue was told of it.
  added_at timestamptz,
  told_at timestamptz,
  PRIMARY KEY (repository_id, fingerprint)
);
CREATE INDEX history_keys_untold ON history_keys (repository_id) WHERE standing = 'issue' AND told_at IS NULL;
CREATE INDEX history_keys_added ON history_keys (repository_id, added_at) WHERE added_at IS NOT NULL;

-- The check run on the history of each repository. Its state is in check_runs, under a name in place of a commit.
CREATE TABLE history_checks (
  repository_id bigint PRIMARY KEY,
  -- The commit that the run is on.
  head text NOT NULL,
  -- When the last request was made whose answer may be missing.
  asked_at timestamptz,
  -- Runs on other commits that still show details.
  former jsonb NOT NULL DEFAULT '[]',
  -- It says something that people follow, so it moves to each new commit of the default branch.
  moves boolean NOT NULL DEFAULT false
);
`;
