/** What the record keeps of a check and of a leak, in the words of the port. */
import { z } from "zod";
import { CONFIDENCES, KINDS, LEAK_STATES, MODES } from "../domain/index.ts";
import type { Finding } from "../domain/index.ts";

/** The check run that counts on a commit, as the app knows it. */
export interface RunRecord {
  readonly externalId: string;
  /** Null: asked for, and GitHub's answer is not on record. */
  readonly runId: number | null;
  /** As last written; null: in progress. */
  readonly conclusion: "success" | "neutral" | "failure" | null;
  /** A request was made whose answer is not on record: what the run shows is unknown. */
  readonly pending: boolean;
  /** Digests of the annotations that the run shows, in their order. */
  readonly annotations: readonly string[];
  /** Digest of what the run shows; null while it is written, or in progress. */
  readonly digest: string | null;
}

/** A commit's check: its run, and whether the run shows what the record says. */
export interface CheckRecord {
  /** Counts the changes of the record that concern this head. */
  readonly wanted: number;
  /** The count that the run was brought to. */
  readonly shown: number;
  /** A person asked for a new run. */
  readonly rerun: boolean;
  readonly run: RunRecord | null;
}

export const leakSchema = z.object({
  fingerprint: z.string(),
  state: z.enum(LEAK_STATES),
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
  /** When the issue was asked for. With no number: GitHub's answer is not on record. */
  issueAskedAt: z.date().nullable(),
  /** Digest of title and body as last written. */
  issueDigest: z.string().nullable(),
  /** Why the issue could not be opened: one plain sentence. */
  reportProblem: z.string().nullable(),
});
/** One credential of one repository. Its locations and the history of its state are kept apart. */
export type Leak = Readonly<z.infer<typeof leakSchema>>;

/** A credential that was found, with the places it was found at. */
export interface NewLeak {
  readonly leak: Pick<
    Leak,
    "fingerprint" | "kind" | "mode" | "confidence" | "redacted" | "account" | "accountCreated"
  >;
  readonly reportRepositoryId: number;
  readonly locations: readonly Finding[];
}
