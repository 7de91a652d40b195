import { z } from "zod";
import { CONFIDENCES, KINDS, LEAK_STATES, MODES } from "../../domain/index.ts";

/**
 * The record as evidence for an auditor: what was found, filed, rolled and dismissed, when, and on whose word. It holds no
 * secret, because the record holds none.
 */

const time = z.iso.datetime();

const changeSchema = z.strictObject({
  at: time,
  /** `owner/name` in which the credential was found. */
  repository: z.string(),
  from: z.enum(LEAK_STATES).nullable(),
  to: z.enum(LEAK_STATES),
  /** Login of a person; null: Rollcall itself. */
  by: z.string().nullable(),
  /** The grounds, such as `found`, `attested`, `verified`. */
  how: z.string(),
});

const leakSchema = z.strictObject({
  kind: z.enum(KINDS),
  mode: z.enum(MODES).nullable(),
  confidence: z.enum(CONFIDENCES),
  redacted: z.string(),
  fingerprint: z.string(),
  account: z.string().nullable(),
  accountCreated: z.string().nullable(),
  state: z.enum(LEAK_STATES),
  /** `owner/name` of each repository in which it was found. */
  repositories: z.array(z.string()),
  issue: z.string().nullable(),
  foundAt: time,
  filedAt: time.nullable(),
  /** When it was rolled or dismissed; null: it is open. */
  clearedAt: time.nullable(),
  clearedBy: z.string().nullable(),
  clearedHow: z.string().nullable(),
  /** Whether Stripe said that the key is dead. A person's word is no proof. */
  verified: z.boolean(),
  /** From found to cleared. */
  secondsToClear: z.int().nullable(),
  history: z.array(changeSchema),
});
export type EvidenceLeak = z.infer<typeof leakSchema>;

const drillSchema = z.strictObject({
  owner: z.string(),
  number: z.int(),
  issue: z.string().nullable(),
  openedAt: time.nullable(),
  closedAt: time.nullable(),
  closedBy: z.string().nullable(),
  /** `attested`: a person says it is done. */
  outcome: z.enum(["attested", "skipped", "lost"]).nullable(),
  steps: z.int(),
  stepsTicked: z.int(),
  secondsTaken: z.int().nullable(),
});
export type EvidenceDrill = z.infer<typeof drillSchema>;

/** The JSON form, version 1. A field is only ever added under a new `schemaVersion`. */
export const evidenceSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** When the record was read. */
  at: time,
  leaks: z.array(leakSchema),
  drills: z.array(drillSchema),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export interface EvidenceFormat {
  readonly name: string;
  /** For `--help`. */
  readonly description: string;
  render(evidence: Evidence): string;
}
