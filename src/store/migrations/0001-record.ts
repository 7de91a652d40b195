export const sql = `
CREATE TABLE repositories (
  id bigint PRIMARY KEY,
  installation_id bigint NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  private boolean NOT NULL,
  default_branch text NOT NULL,
  -- When every issue of this app in the repository was last matched with the leaks; null: never.
  issues_read_at timestamptz
);

-- A commit never changes: what one version of the detector found in it is kept for good, clean commits too.
CREATE TABLE commit_scans (
  repository_id bigint NOT NULL,
  sha text NOT NULL,
  detector_version text NOT NULL,
  parents jsonb NOT NULL,
  files integer NOT NULL,
  findings jsonb NOT NULL,
  gaps jsonb NOT NULL,
  scanned_at timestamptz NOT NULL,
  PRIMARY KEY (repository_id, sha, detector_version)
);

-- One row a scope and head. An active row counts for the check run of its head.
CREATE TABLE scopes (
  repository_id bigint NOT NULL,
  key text NOT NULL,
  head text NOT NULL,
  scope jsonb NOT NULL,
  default_branch boolean NOT NULL,
  as_of timestamptz NOT NULL,
  active boolean NOT NULL,
  done boolean NOT NULL,
  commits jsonb NOT NULL,
  findings jsonb NOT NULL,
  coverage jsonb NOT NULL,
  PRIMARY KEY (repository_id, key, head)
);
CREATE INDEX scopes_head ON scopes (repository_id, head);

-- The current check run of a commit. run_id is null from before it is asked for until GitHub's answer is kept.
CREATE TABLE check_runs (
  repository_id bigint NOT NULL,
  head text NOT NULL,
  external_id text NOT NULL,
  run_id bigint,
  conclusion text,
  annotations jsonb NOT NULL,
  PRIMARY KEY (repository_id, head)
);

-- One credential of a repository. issue_number is null from before the issue is asked for until the answer is kept.
CREATE TABLE leaks (
  repository_id bigint NOT NULL,
  fingerprint text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'rolled', 'dismissed')),
  kind text NOT NULL,
  mode text,
  confidence text NOT NULL,
  redacted text NOT NULL,
  account text,
  account_created text,
  locations jsonb NOT NULL,
  issue_number bigint,
  issue_url text,
  issue_asked_at timestamptz,
  issue_digest text,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (repository_id, fingerprint)
);
`;
