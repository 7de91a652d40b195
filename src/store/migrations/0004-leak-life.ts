export const sql = `
-- Who changed the state last, how and when; null: nothing changed since the leak was found. The history is in leak_events.
ALTER TABLE leaks ADD COLUMN state_actor text;
ALTER TABLE leaks ADD COLUMN state_how text;
ALTER TABLE leaks ADD COLUMN state_at timestamptz;
-- GitHub's id of the last closing or reopening of the issue that was acted on, so that it is acted on once.
ALTER TABLE leaks ADD COLUMN settled_event text;

-- The rows of one leak: they share an issue and a state.
CREATE INDEX leaks_sharing ON leaks (report_repository_id, fingerprint);
CREATE INDEX leak_events_at ON leak_events (at);
`;
