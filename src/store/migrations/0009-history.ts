export const sql = `
INSERT INTO job_lanes VALUES ('history', 0) ON CONFLICT DO NOTHING;

-- blob_scans holds the files with findings, for the look at the tip of the default branch: fingerprints only.

-- How far the reading of each repository's whole history is.
CREATE TABLE histories (
  repository_id bigint PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('waiting', 'reading', 'read', 'too_large', 'failed')),
  -- Why it is not read: one plain sentence.
  problem text,
  -- Of the last whole or partial reading.
  gaps jsonb NOT NULL DEFAULT '[]',
  -- The version of the detector that read it last; null: it was never read.
  detector_version text,
  -- What the refs named when it was read last; those of pull requests, which anyone can open, apart.
  tips text[] NOT NULL DEFAULT '{}',
  pull_tips text[] NOT NULL DEFAULT '{}',
  -- By GitHub; null: not asked yet.
  size_bytes bigint,
  bytes_done bigint NOT NULL DEFAULT 0,
  objects_done bigint NOT NULL DEFAULT 0,
  objects_total bigint,
  -- Counts the readings, failed ones too: names their jobs.
  round integer NOT NULL DEFAULT 0,
  -- Readings in a row that failed.
  failures integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  began_at timestamptz,
  read_at timestamptz,
  -- When the findings of the last reading became leaks.
  reported_at timestamptz
);
CREATE INDEX histories_due ON histories (due_at);
CREATE INDEX histories_version ON histories (detector_version) WHERE detector_version IS NOT NULL;

-- One credential at one place of a history.
CREATE TABLE history_findings (
  repository_id bigint NOT NULL,
  fingerprint text NOT NULL,
  -- Names the place, so that the same one is kept once.
  place text NOT NULL,
  finding jsonb NOT NULL,
  origin jsonb NOT NULL,
  at_tip boolean,
  trust text NOT NULL CHECK (trust IN ('writer', 'stranger', 'unknown')),
  pulls integer[] NOT NULL,
  detector_version text NOT NULL,
  found_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  arrival bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (repository_id, fingerprint, place)
);
CREATE INDEX history_findings_arrival ON history_findings (repository_id, arrival);
`;
