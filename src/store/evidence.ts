/** Everything on record about leaks and drills, for an auditor: read in one snapshot, and nothing is written. */
import { z } from "zod";
import { CONFIDENCES, KINDS, LEAK_STATES, leakEventSchema, MODES } from "../domain/index.ts";
import type { Database, Queries } from "./database.ts";
import { drillRecordSchema } from "./notice-record.ts";

const leakRowSchema = z.object({
  repositoryId: z.coerce.number(),
  /** `owner/name`; null: the repository is not on record any more. */
  repository: z.string().nullable(),
  fingerprint: z.string(),
  state: z.enum(LEAK_STATES),
  kind: z.enum(KINDS),
  mode: z.enum(MODES).nullable(),
  confidence: z.enum(CONFIDENCES),
  redacted: z.string(),
  account: z.string().nullable(),
  accountCreated: z.string().nullable(),
  foundAt: z.date(),
  reportRepositoryId: z.coerce.number(),
  issueNumber: z.coerce.number().nullable(),
  issueUrl: z.string().nullable(),
  issueAskedAt: z.date().nullable(),
});
export type EvidenceLeakRow = Readonly<z.infer<typeof leakRowSchema>>;

const eventRowSchema = leakEventSchema.extend({
  number: z.coerce.number(),
  repositoryId: z.coerce.number(),
  fingerprint: z.string(),
});
export type EvidenceEventRow = Readonly<z.infer<typeof eventRowSchema>>;

const drillRowSchema = drillRecordSchema.extend({ owner: z.string().nullable() });
export type EvidenceDrillRow = Readonly<z.infer<typeof drillRowSchema>>;

export interface EvidenceRows {
  /** One for each credential and repository, the oldest first. */
  readonly leaks: readonly EvidenceLeakRow[];
  /** In order. */
  readonly events: readonly EvidenceEventRow[];
  readonly drills: readonly EvidenceDrillRow[];
}

/** Reads the evidence in one snapshot of the database, which it cannot change. */
export async function readEvidence(database: Database): Promise<EvidenceRows> {
  return database.transaction(async (queries) => {
    await queries.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    return {
      leaks: await leaksOn(queries),
      events: await eventsOn(queries),
      drills: await drillsOn(queries),
    };
  });
}

function leaksOn(queries: Queries): Promise<EvidenceLeakRow[]> {
  return queries.rows(
    leakRowSchema,
    `SELECT l.repository_id AS "repositoryId", r.owner || '/' || r.name AS repository, l.fingerprint, l.state, l.kind,
       l.mode, l.confidence, l.redacted, l.account, l.account_created AS "accountCreated", l.found_at AS "foundAt",
       l.report_repository_id AS "reportRepositoryId", l.issue_number AS "issueNumber", l.issue_url AS "issueUrl",
       l.issue_asked_at AS "issueAskedAt"
     FROM leaks AS l LEFT JOIN repositories AS r ON r.id = l.repository_id
     ORDER BY l.found_at, l.repository_id, l.fingerprint`,
  );
}

function eventsOn(queries: Queries): Promise<EvidenceEventRow[]> {
  return queries.rows(
    eventRowSchema,
    `SELECT number, repository_id AS "repositoryId", fingerprint, from_state AS "from", to_state AS "to", actor, how, at
     FROM leak_events ORDER BY number`,
  );
}

function drillsOn(queries: Queries): Promise<EvidenceDrillRow[]> {
  return queries.rows(
    drillRowSchema,
    `SELECT d.installation_id AS "installationId", d.number, d.repository_id AS "repositoryId",
       d.issue_number AS "issueNumber", d.issue_url AS "issueUrl", d.asked_at AS "askedAt", d.opened_at AS "openedAt",
       d.closed_at AS "closedAt", d.closed_by AS "closedBy", d.outcome, d.tasks, d.tasks_done AS "tasksDone", r.owner
     FROM drills AS d LEFT JOIN repositories AS r ON r.id = d.repository_id
     ORDER BY d.asked_at, d.installation_id, d.number`,
  );
}
