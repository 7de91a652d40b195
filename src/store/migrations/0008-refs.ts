export const sql = `
-- A delivery named another installation than the record: GitHub is asked which one it is under.
ALTER TABLE repositories ADD COLUMN installation_doubt boolean NOT NULL DEFAULT false;
-- Pushes since then are the app's to read, whenever their deliveries come; null: not known.
ALTER TABLE repositories ADD COLUMN covered_since timestamptz;
-- When the refs that are no branches were first noted as known from before.
ALTER TABLE repositories ADD COLUMN refs_noted_at timestamptz;
CREATE INDEX repositories_without_baseline ON repositories (id) WHERE state = 'active' AND baseline_at IS NULL;

-- Tags and other refs that are no branches, at the object that the last comparison saw.
CREATE TABLE noted_refs (
  repository_id bigint NOT NULL,
  ref text NOT NULL,
  object text NOT NULL,
  PRIMARY KEY (repository_id, ref)
);

-- Ending the scopes of a ref with tens of thousands of pushes, in steps.
CREATE INDEX scopes_counting ON scopes (repository_id, key, as_of) WHERE ended IS NULL;

-- Up to when GitHub's list of deliveries was compared with those on record: one row.
CREATE TABLE deliveries_compared (
  up_to timestamptz NOT NULL
);

-- Archives whose bytes were searched as they are, because they are encrypted or damaged.
ALTER TABLE commit_scans ADD COLUMN unopened jsonb NOT NULL DEFAULT '[]';
`;
