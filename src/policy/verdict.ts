import type { Coverage, LeakState, Scope, ScopeFinding } from "../domain/index.ts";
import type { Configuration, ConfigurationProblem } from "./configuration/configuration.ts";

/** What one active scope brought to the commit that is being judged. */
export interface ScopeResult {
  readonly scope: Scope;
  /** A push to the repository's default branch. */
  readonly defaultBranch: boolean;
  readonly findings: readonly ScopeFinding[];
  readonly coverage: Coverage;
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
