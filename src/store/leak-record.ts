import { z } from "zod";
import { CONFIDENCES, KINDS, LEAK_STATES, MODES } from "../domain/index.ts";
import type { Finding } from "../domain/index.ts";
import { indexKey } from "./index-key.ts";

export const leakSchema = z.object({
  /** Where it was found. */
  repositoryId: z.coerce.number(),
  fingerprint: z.string(),
  state: z.enum(LEAK_STATES),
  /** Who changed the state last, a login; null: Rollcall itself, or nothing changed since it was found. */
  stateActor: z.string().nullable(),
  /** A `LeakGrounds`; null: nothing changed since it was found. */
  stateHow: z.string().nullable(),
  stateAt: z.date().nullable(),
  /** GitHub's id of the last closing or reopening of the issue that was acted on. */
  settledEvent: z.string().nullable(),
  kind: z.enum(KINDS),
  mode: z.enum(MODES).nullable(),
  confidence: z.enum(CONFIDENCES),
  redacted: z.string(),
  account: z.string().nullable(),
  accountCreated: z.string().nullable(),
  foundAt: z.date(),
  /** The repository that holds the issue. */
  reportRepositoryId: z.coerce.number(),
  issueNumber: z.coerce.number().nullable(),
  issueUrl: z.string().nullable(),
  /** When the issue was requested. Without a number: GitHub's answer is not on record. */
  issueAskedAt: z.date().nullable(),
  /** Digest of title and body as last written. */
  issueDigest: z.string().nullable(),
  /** Why the issue could not be opened: one plain sentence. */
  reportProblem: z.string().nullable(),
  /** Since when the neutral issue of its public repository covers it; null: it does not. */
  neutralAt: z.date().nullable(),
  /** No push or pull request brought it since the installation: it is known from the history alone. */
  fromHistory: z.boolean(),
});
/**
 * One credential of one repository. The rows with the same place of report and fingerprint are one leak. Its locations and the history of
 * its state are in other tables.
 */
export type Leak = Readonly<z.infer<typeof leakSchema>>;

/** A credential and the places where it was found. */
export interface NewLeak {
  readonly leak: Pick<
    Leak,
    "fingerprint" | "kind" | "mode" | "confidence" | "redacted" | "account" | "accountCreated"
  >;
  readonly reportRepositoryId: number;
  readonly locations: readonly Finding[];
  /** It was found in the history. Default false. */
  readonly fromHistory?: boolean;
}

/** Locations kept for one credential of a repository; the newest stay. With so many, the count is a least. */
export const MAX_LOCATIONS = 10_000;

/** Names the place of a finding, so the same one is kept once. */
export function placeOf({ place, commit, path, line, column }: Finding): string {
  return indexKey(JSON.stringify([place, commit, path, line, column]));
}
