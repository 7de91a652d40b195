import type { FileDiff } from "../git/diff.ts";
import type { ObjectReader } from "../git/objects.ts";
import type { Account, Role } from "./account.ts";
import type { CheckRun, CheckSuite } from "./check.ts";
import type { Issue, Label } from "./issue.ts";

export interface Activity {
  readonly id: number;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly at: string;
  readonly type:
    "push" | "force_push" | "branch_creation" | "branch_deletion" | "pr_merge" | "merge_queue_merge";
  readonly actor: Account;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  title: string;
  body: string | null;
  state: "open" | "closed";
  draft: boolean;
  merged: boolean;
  mergedAt: string | null;
  mergedBy: Account | null;
  closedAt: string | null;
  /** The merge commit, or the test merge while the pull request is open. Null on a conflict. */
  mergeCommit: string | null;
  readonly headRef: string;
  headSha: string;
  /** Null once the fork that the pull request came from is deleted. */
  headRepository: Repository | null;
  baseRef: string;
  baseSha: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Repository {
  readonly id: number;
  name: string;
  owner: Account;
  private: boolean;
  archived: boolean;
  hasIssues: boolean;
  defaultBranch: string;
  /** The folder of the bare repository. */
  readonly path: string;
  readonly objects: ObjectReader;
  readonly parent: Repository | null;
  readonly roles: Map<string, Role>;
  readonly issues: Map<number, Issue>;
  /** Numbers of deleted issues: GitHub answers 410 for them. */
  readonly deletedIssues: Set<number>;
  readonly pulls: Map<number, PullRequest>;
  readonly labels: Label[];
  readonly checkSuites: CheckSuite[];
  readonly checkRuns: CheckRun[];
  /** Newest first. */
  readonly activity: Activity[];
  /** Recent diffs by `base..head`. Commits never change, so neither do these. */
  readonly diffs: Map<string, Promise<readonly FileDiff[]>>;
  /** Settles when the current push is done. Pushes run one at a time, so each sees its own refs before and after. */
  pushing: Promise<unknown>;
  /** Settles when the webhooks of earlier pushes are sent. Pushes are announced in order. */
  announcing: Promise<void>;
  lastNumber: number;
  readonly createdAt: string;
  pushedAt: string;
}

export function fullNameOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}
