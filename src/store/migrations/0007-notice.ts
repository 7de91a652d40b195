export const sql = `
-- When the outgoing webhook was told of the change, or it was nothing to tell; null: not yet. What is on record already is
-- not told.
ALTER TABLE leak_events ADD COLUMN told_at timestamptz;
UPDATE leak_events SET told_at = now();
CREATE INDEX leak_events_untold ON leak_events (number) WHERE told_at IS NULL;

-- Reminders on the issue of a leak or a drill.
CREATE TABLE reminders (
  -- The repository that holds the issue.
  repository_id bigint NOT NULL,
  issue_number bigint NOT NULL,
  last_at timestamptz,
  -- A comment was requested, and the answer is not on record.
  asked_at timestamptz,
  -- Nothing is due earlier; null: not known.
  next_at timestamptz,
  PRIMARY KEY (repository_id, issue_number)
);

-- The summary issue of an owner, whose installation names it.
CREATE TABLE owner_summaries (
  installation_id bigint PRIMARY KEY,
  -- The private place that holds the issue.
  repository_id bigint NOT NULL,
  issue_number bigint,
  asked_at timestamptz,
  -- Digest of title and body as last written.
  digest text
);

-- Drills of rolling a key, numbered for each owner from 1.
CREATE TABLE drills (
  installation_id bigint NOT NULL,
  number integer NOT NULL,
  -- The private place that holds the issue; null until it was opened.
  repository_id bigint NOT NULL,
  issue_number bigint,
  issue_url text,
  asked_at timestamptz NOT NULL,
  opened_at timestamptz,
  closed_at timestamptz,
  closed_by text,
  -- attested: a person said it is done. skipped: a person closed it as not planned.
  outcome text CHECK (outcome IN ('attested', 'skipped', 'lost')),
  tasks integer NOT NULL,
  tasks_done integer NOT NULL,
  PRIMARY KEY (installation_id, number)
);
CREATE INDEX drills_issue ON drills (repository_id, issue_number);
`;
