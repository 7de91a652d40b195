export const sql = `
-- Deliveries that were accepted, kept for as long as GitHub can send them again.
CREATE TABLE deliveries (
  id text PRIMARY KEY,
  accepted_at timestamptz NOT NULL
);
CREATE INDEX deliveries_accepted ON deliveries (accepted_at);

-- How often GitHub was asked to make a delivery again.
CREATE TABLE redeliveries (
  id text PRIMARY KEY,
  times integer NOT NULL,
  asked_at timestamptz NOT NULL
);

CREATE TABLE repositories (
  id bigint PRIMARY KEY,
  installation_id bigint NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  private boolean NOT NULL,
  -- Null: no delivery named it yet.
  default_branch text,
  state text NOT NULL CHECK (state IN ('active', 'archived', 'removed')),
  -- Deliveries disagreed about name or visibility: GitHub is asked before anything is published.
  unsure boolean NOT NULL,
  -- When the tips of all refs were noted as known from before; null: not yet.
  baseline_at timestamptz,
  -- Where reading the history stopped; null: not begun.
  history_cursor jsonb,
  history_read_at timestamptz,
  -- When the refs were last compared with the record.
  refs_compared_at timestamptz,
  -- When the app's issues in the repository were last matched with the leaks.
  issues_read_at timestamptz
);
CREATE INDEX repositories_installation ON repositories (installation_id);

-- A commit never changes: what one version of the detector found in it is kept, clean commits too.
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

-- The same for the content of a file, which reading the history goes by.
CREATE TABLE blob_scans (
  repository_id bigint NOT NULL,
  blob text NOT NULL,
  detector_version text NOT NULL,
  findings jsonb NOT NULL,
  scanned_at timestamptz NOT NULL,
  PRIMARY KEY (repository_id, blob, detector_version)
);

-- The latest state of a ref, pull request or merge group that a delivery described. head is null once it ended.
CREATE TABLE subjects (
  repository_id bigint NOT NULL,
  key text NOT NULL,
  head text,
  as_of timestamptz NOT NULL,
  PRIMARY KEY (repository_id, key)
);

-- The commits that a delivery brought. A scope counts for its head from its delivery until it has ended.
CREATE TABLE scopes (
  repository_id bigint NOT NULL,
  id text NOT NULL,
  key text NOT NULL,
  head text NOT NULL,
  scope jsonb NOT NULL,
  default_branch boolean NOT NULL,
  facts jsonb NOT NULL,
  trust jsonb NOT NULL,
  as_of timestamptz NOT NULL,
  ended text CHECK (ended IN ('superseded', 'closed', 'deleted')),
  state text NOT NULL CHECK (state IN ('noted', 'read', 'failed')),
  generation integer NOT NULL,
  problem text,
  first_noted_at timestamptz NOT NULL,
  noted_at timestamptz NOT NULL,
  read_at timestamptz,
  commits jsonb NOT NULL,
  findings jsonb NOT NULL,
  coverage jsonb NOT NULL,
  fingerprints text[] NOT NULL,
  PRIMARY KEY (repository_id, id)
);
CREATE INDEX scopes_head ON scopes (repository_id, head);
CREATE INDEX scopes_key ON scopes (repository_id, key, as_of);
CREATE INDEX scopes_before ON scopes (repository_id, (scope->>'before'));
CREATE INDEX scopes_unread ON scopes (noted_at) WHERE state = 'noted';
CREATE INDEX scopes_fingerprints ON scopes USING gin (fingerprints);

-- Commits whose whole history needs no second look: read by a writer's push, or there before the app was ('baseline').
-- covered_at: since when another tip holds it too, so it need not be named to git.
CREATE TABLE known_tips (
  repository_id bigint NOT NULL,
  sha text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('read', 'baseline')),
  ref text NOT NULL,
  known_at timestamptz NOT NULL,
  covered_at timestamptz,
  PRIMARY KEY (repository_id, sha)
);

-- The current check run of a commit. wanted counts the changes of the record that concern it, shown those that the run
-- shows: it is stale while the two differ. pending: a request was made whose answer is not on record.
CREATE TABLE check_runs (
  repository_id bigint NOT NULL,
  head text NOT NULL,
  wanted integer NOT NULL,
  shown integer NOT NULL,
  touched_at timestamptz NOT NULL,
  rerun boolean NOT NULL,
  external_id text,
  run_id bigint,
  conclusion text CHECK (conclusion IN ('success', 'neutral', 'failure')),
  pending boolean NOT NULL,
  annotations jsonb NOT NULL,
  digest text,
  writer text,
  writer_until timestamptz,
  PRIMARY KEY (repository_id, head)
);
CREATE INDEX check_runs_stale ON check_runs (touched_at) WHERE wanted <> shown;

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
  found_at timestamptz NOT NULL,
  -- The repository that holds the issue.
  report_repository_id bigint NOT NULL,
  issue_number bigint,
  issue_url text,
  issue_asked_at timestamptz,
  -- Digest of title and body as last written.
  issue_digest text,
  -- Why the issue could not be opened, for the check; null: it was, or was not tried yet.
  report_problem text,
  PRIMARY KEY (repository_id, fingerprint)
);
CREATE INDEX leaks_unreported ON leaks (repository_id) WHERE state = 'open' AND issue_number IS NULL;
CREATE INDEX leaks_issue ON leaks (report_repository_id, issue_number);

CREATE TABLE leak_locations (
  repository_id bigint NOT NULL,
  fingerprint text NOT NULL,
  -- Names the place, so that the same one is kept once.
  place text NOT NULL,
  finding jsonb NOT NULL,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (repository_id, fingerprint, place)
);

CREATE TABLE leak_events (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  repository_id bigint NOT NULL,
  fingerprint text NOT NULL,
  from_state text,
  to_state text NOT NULL,
  actor text,
  how text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX leak_events_leak ON leak_events (repository_id, fingerprint);

-- What a person accepted as unread, by blob or by commit and path.
CREATE TABLE accepted_gaps (
  repository_id bigint NOT NULL,
  subject text NOT NULL,
  login text NOT NULL,
  accepted_at timestamptz NOT NULL,
  PRIMARY KEY (repository_id, subject)
);
`;
