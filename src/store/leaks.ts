import { z } from "zod";
import { CONFIDENCES, findingSchema, KINDS, LEAK_STATES, MODES } from "../domain/index.ts";
import type { Queries } from "./database.ts";

const leakSchema = z.object({
  fingerprint: z.string(),
  state: z.enum(LEAK_STATES),
  kind: z.enum(KINDS),
  mode: z.enum(MODES).nullable(),
  confidence: z.enum(CONFIDENCES),
  redacted: z.string(),
  account: z.string().nullable(),
  account_created: z.string().nullable(),
  locations: z.array(findingSchema),
  issue_number: z.int().nullable(),
  issue_url: z.string().nullable(),
  /** When the issue was asked for. With no number beside it: GitHub's answer was never kept. */
  issue_asked_at: z.date().nullable(),
  /** Digest of title and body as last written. */
  issue_digest: z.string().nullable(),
  found_at: z.date(),
});
/** One credential of one repository, with every place it was found at. */
export type Leak = Readonly<z.infer<typeof leakSchema>>;

const COLUMNS = Object.keys(leakSchema.shape).join(", ");

export function createLeaks(queries: Queries) {
  return {
    async find(repositoryId: number, fingerprints: readonly string[]): Promise<Map<string, Leak>> {
      const rows = await queries.rows(
        leakSchema,
        `SELECT ${COLUMNS} FROM leaks WHERE repository_id = $1 AND fingerprint = ANY($2::text[])`,
        [repositoryId, [...fingerprints]],
      );
      return new Map(rows.map((row) => [row.fingerprint, row]));
    },

    async all(repositoryId: number): Promise<Leak[]> {
      return queries.rows(
        leakSchema,
        `SELECT ${COLUMNS} FROM leaks WHERE repository_id = $1 ORDER BY found_at, fingerprint`,
        [repositoryId],
      );
    },

    /** Creates the leak or replaces all of it but its issue and the day it was found. */
    async save(repositoryId: number, leak: Leak): Promise<void> {
      await queries.run(
        `INSERT INTO leaks (repository_id, fingerprint, state, kind, mode, confidence, redacted, account, account_created, locations, found_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11)
         ON CONFLICT (repository_id, fingerprint) DO UPDATE
         SET state = $3, confidence = $6, locations = $10::jsonb`,
        [
          repositoryId,
          leak.fingerprint,
          leak.state,
          leak.kind,
          leak.mode,
          leak.confidence,
          leak.redacted,
          leak.account,
          leak.account_created,
          JSON.stringify(leak.locations),
          leak.found_at,
        ],
      );
    },

    async issueAsked(repositoryId: number, fingerprint: string, at: Date): Promise<void> {
      await queries.run(
        "UPDATE leaks SET issue_asked_at = $3 WHERE repository_id = $1 AND fingerprint = $2",
        [repositoryId, fingerprint, at],
      );
    },

    async issueGone(repositoryId: number, fingerprint: string): Promise<void> {
      await queries.run(
        `UPDATE leaks SET issue_number = null, issue_url = null, issue_digest = null
         WHERE repository_id = $1 AND fingerprint = $2`,
        [repositoryId, fingerprint],
      );
    },

    async issueFiled(
      repositoryId: number,
      fingerprint: string,
      issue: { readonly number: number; readonly url: string; readonly digest: string | null },
    ): Promise<void> {
      await queries.run(
        "UPDATE leaks SET issue_number = $3, issue_url = $4, issue_digest = $5 WHERE repository_id = $1 AND fingerprint = $2",
        [repositoryId, fingerprint, issue.number, issue.url, issue.digest],
      );
    },
  };
}
