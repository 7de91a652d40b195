export const sql = `
-- One row a job. Rows in state done are kept for a while, so a delivery that comes again is not done again.
CREATE TABLE jobs (
  -- Names what the job is about and the delivery that asked for it.
  id text PRIMARY KEY,
  lane text NOT NULL,
  -- 0: of no installation.
  installation_id bigint NOT NULL,
  -- Jobs with one key run one at a time, whatever their lane.
  exclusive_key text,
  payload jsonb NOT NULL,
  -- ready: may be claimed, unless a job with its key is active. parked: behind another job with its key.
  -- delayed: ready from run_after on. unknown: of another version of the program.
  state text NOT NULL CHECK (state IN ('ready', 'parked', 'delayed', 'active', 'unknown', 'done', 'failed')),
  -- The round in which the job's installation has its turn in the lane.
  turn bigint NOT NULL,
  -- Order of arrival, within a turn.
  arrival bigint GENERATED ALWAYS AS IDENTITY,
  run_after timestamptz,
  -- Claims so far; fences a worker that lost its lease.
  claims integer NOT NULL DEFAULT 0,
  -- Failures in a row that may pass, and when the first was.
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  -- Times that the process ended, or stopped to show that it lives, while it ran the job.
  crashes integer NOT NULL DEFAULT 0,
  -- Why the job was given up, which is told before the job counts as failed; null: not given up.
  problem text,
  worker uuid,
  lease_until timestamptz,
  enqueued_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
        autovacuum_analyze_scale_factor = 0.05);

CREATE INDEX jobs_in_turn ON jobs (lane, turn, arrival) WHERE state = 'ready';
CREATE INDEX jobs_of_installation ON jobs (lane, installation_id, turn, arrival) WHERE state = 'ready';
CREATE INDEX jobs_ready_by_key ON jobs (exclusive_key, lane) WHERE state = 'ready' AND exclusive_key IS NOT NULL;
CREATE INDEX jobs_parked ON jobs (exclusive_key, lane, turn, arrival) WHERE state = 'parked';
CREATE UNIQUE INDEX jobs_active_key ON jobs (exclusive_key) WHERE state = 'active';
CREATE INDEX jobs_leases ON jobs (lease_until) WHERE state = 'active';
CREATE INDEX jobs_due ON jobs (run_after) WHERE state = 'delayed';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state IN ('done', 'failed');
CREATE INDEX jobs_unknown ON jobs (arrival) WHERE state = 'unknown';

-- The turn that each lane is at.
CREATE TABLE job_lanes (
  lane text PRIMARY KEY,
  turn bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO job_lanes VALUES ('hold', 0), ('trusted', 0), ('stranger', 0), ('report', 0), ('backlog', 0), ('sweep', 0);
`;
