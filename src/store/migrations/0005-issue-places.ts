export const sql = `
-- Order in which places were found: the newest stay when there are too many.
ALTER TABLE leak_locations ADD COLUMN arrival bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX leak_locations_arrival ON leak_locations (repository_id, fingerprint, arrival);

-- Since when the neutral issue of its public repository covers it; null: it does not.
ALTER TABLE leaks ADD COLUMN neutral_at timestamptz;

-- The one neutral issue of a public repository. number is null from before it is asked for until the answer is kept.
CREATE TABLE neutral_issues (
  repository_id bigint PRIMARY KEY,
  number bigint,
  url text,
  asked_at timestamptz
);

-- How many places the body and the comments of an issue tell, and the last comment about new ones.
CREATE TABLE told_places (
  -- The repository that holds the issue.
  repository_id bigint NOT NULL,
  number bigint NOT NULL,
  places integer NOT NULL,
  comment_id bigint,
  commented_at timestamptz,
  -- How many were told before that comment.
  comment_from integer,
  PRIMARY KEY (repository_id, number)
);

-- Issues that leaks have left for another place.
CREATE TABLE former_issues (
  -- The repository that holds the issue.
  repository_id bigint NOT NULL,
  number bigint NOT NULL,
  -- Where the leaks were found.
  source_id bigint NOT NULL,
  -- The credentials that it was about.
  fingerprints text[] NOT NULL,
  -- Null: it is not closed yet.
  retired_at timestamptz,
  PRIMARY KEY (repository_id, number)
);
CREATE INDEX former_issues_source ON former_issues (source_id);
`;
