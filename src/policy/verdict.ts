import { z } from "zod";
import { findingSchema } from "../detect/index.ts";
import type { Configuration, ConfigurationProblem } from "./configuration.ts";
import type { Coverage } from "./coverage.ts";
import type { Scope } from "./scope.ts";

/** Where the credential stands in the head commit. */
const headLocationSchema = z.strictObject({
  path: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
  endLine: z.int().positive(),
  endColumn: z.int().positive(),
});
export type HeadLocation = Readonly<z.infer<typeof headLocationSchema>>;

/** A finding of a scope, with its place in the head commit. */
export const scopeFindingSchema = z.strictObject({
  finding: findingSchema,
  /** Null where no line of the head is known to hold the credential. */
  head: headLocationSchema.nullable(),
  /**
   * Whether the finding's file was read in the head: then `head` null means that the file there no longer holds the
   * credential. What was recorded before this was known says no.
   */
  headRead: z.boolean().default(false),
  /**
   * Stands only in commits that a force-push dropped, so not in what the push itself publishes: on a public
   * repository it is shown nowhere.
   */
  dropped: z.boolean(),
});
export type ScopeFinding = Readonly<z.infer<typeof scopeFindingSchema>>;

/** What one active scope brought to the commit that is being judged. */
export interface ScopeResult {
  readonly scope: Scope;
  /** A push to the repository's default branch. */
  readonly defaultBranch: boolean;
  readonly findings: readonly ScopeFinding[];
  readonly coverage: Coverage;
}

/** What the record says of one credential of this repository. */
export interface LeakState {
  readonly state: "open" | "rolled" | "dismissed";
  /** Its remediation issue, where one was filed. */
  readonly issue: { readonly number: number; readonly url: string } | null;
}

export interface JudgedFinding extends ScopeFinding {
  /** `leak` counts; every other disposition is listed and does not. */
  readonly disposition: "leak" | "rolled" | "dismissed" | "allowed" | "ignored";
  /** Level of the annotation; null for none. */
  readonly annotation: "failure" | "warning" | "notice" | null;
  readonly effect: "failure" | "neutral" | "none";
  /** Whether it is of the sort that a remediation issue is filed for (who may cause one is not judged here). */
  readonly filesIssue: boolean;
  /** Why it is allowed or ignored, or why a rule that names it no longer holds; null otherwise. */
  readonly reason: string | null;
  readonly issue: LeakState["issue"];
}

export interface Verdict {
  readonly conclusion: "success" | "neutral" | "failure";
  /** In order of weight: what to act on first stands first. */
  readonly judged: readonly JudgedFinding[];
  /** Of all scopes: their gaps together, and the commits and files of the largest. */
  readonly coverage: Coverage;
  readonly configuration: Configuration;
  readonly configurationProblems: readonly ConfigurationProblem[];
}
