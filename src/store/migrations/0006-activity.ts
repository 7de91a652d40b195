export const sql = `
-- What Stripe said about the key of a leak, never the key. activity is null while Stripe was never asked.
CREATE TABLE leak_activity (
  repository_id bigint NOT NULL,
  fingerprint text NOT NULL,
  activity text CHECK (activity IN ('active', 'dead', 'not_known', 'unknown')),
  -- What the answer rests on, or why nothing is known.
  grounds text,
  asked_at timestamptz,
  -- Since when the answer is the same.
  since timestamptz,
  seen_active_at timestamptz,
  -- Why Stripe is not asked; null: it is.
  unasked text,
  -- When it is asked again; null: no more.
  next_at timestamptz,
  PRIMARY KEY (repository_id, fingerprint)
);
CREATE INDEX leak_activity_due ON leak_activity (next_at) WHERE next_at IS NOT NULL;

-- Test keys that a person told the check to ignore.
CREATE TABLE ignored_keys (
  repository_id bigint NOT NULL,
  fingerprint text NOT NULL,
  login text NOT NULL,
  ignored_at timestamptz NOT NULL,
  PRIMARY KEY (repository_id, fingerprint)
);

-- The last click on each button of a check, for the check to say what it did.
CREATE TABLE button_answers (
  repository_id bigint NOT NULL,
  head text NOT NULL,
  button text NOT NULL,
  login text NOT NULL,
  result text NOT NULL,
  role text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (repository_id, head, button)
);
`;
