import type { Coverage, LeakState, Scope, ScopeFinding } from "../domain/index.ts";
import type { Configuration, ConfigurationProblem } from "./configuration/configuration.ts";

/** What one active scope found in the commit that is being judged. */
export interface ScopeResult {
  readonly scope: Scope;
  /** A push to the repository's default branch. */
  readonly defaultBranch: boolean;
  readonly findings: readonly ScopeFinding[];
  readonly coverage: Coverage;
}

export interface JudgedFinding extends ScopeFinding {
  /** Only `leak` counts; the others are listed. */
  readonly disposition: "leak" | "rolled" | "dismissed" | "allowed" | "ignored";
  /** Level of the annotation; null for none. */
  readonly annotation: "failure" | "warning" | "notice" | null;
  readonly effect: "failure" | "neutral" | "none";
  /** Whether findings like this get a remediation issue. Who may cause one is not judged here. */
  readonly opensIssue: boolean;
  /** Why it is allowed or ignored, or why a rule that names it no longer applies; null otherwise. */
  readonly reason: string | null;
  readonly issue: LeakState["issue"];
}

/** Live keys in the history of a new ref that are neither cleared nor in an issue. The scopes left their commits out. */
export interface LeftToHistory {
  /** Whose commits the judged commit has in its history. */
  readonly keys: number;
  /** There may be more than `keys`: not every commit was compared, or GitHub did not say. */
  readonly mayBeMore: boolean;
  /** What the configuration does with the keys of histories. */
  readonly filing: Configuration["history"];
}

export interface Verdict {
  readonly conclusion: "success" | "neutral" | "failure";
  /** In order of weight: what to act on first comes first. */
  readonly judged: readonly JudgedFinding[];
  /** Of all scopes: their gaps together, and the commits and files of the largest. */
  readonly coverage: Coverage;
  readonly configuration: Configuration;
  readonly configurationProblems: readonly ConfigurationProblem[];
  /** Null: nothing. */
  readonly leftToHistory: LeftToHistory | null;
}
