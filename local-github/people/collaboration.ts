/**
 * What contributors do on the site: issues, pull requests, the merge queue and the buttons of checks.
 * Pushing is not here: they push with git, to `cloneUrl`.
 */
import {
  closeIssue,
  commentOn,
  deleteIssue,
  editIssue,
  labelIssue,
  openIssue,
  reopenIssue,
} from "../actions/issues.ts";
import { changeBase } from "../actions/pulls.ts";
import type { CheckRun } from "../site/check.ts";
import type { CloseReason, Issue } from "../site/issue.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import { fullNameOf } from "../site/repository.ts";
import { requiredAccount } from "../site/site.ts";
import { Administration } from "./administration.ts";
import * as checks from "./checks.ts";
import type { MergeGroup } from "./merge-queue.ts";
import * as mergeQueue from "./merge-queue.ts";
import type { NewPullRequest } from "./pulls.ts";
import * as pulls from "./pulls.ts";

export class Collaboration extends Administration {
  openIssue(
    repository: Repository,
    by: string,
    issue: { readonly title: string; readonly body?: string },
  ): Issue {
    return openIssue(this.site, repository, requiredAccount(this.site, by), { body: null, ...issue });
  }

  editIssue(
    repository: Repository,
    number: number,
    by: string,
    edit: { readonly title?: string; readonly body?: string },
  ): void {
    editIssue(this.site, repository, issueOf(repository, number), requiredAccount(this.site, by), edit);
  }

  closeIssue(repository: Repository, number: number, by: string, reason: CloseReason = "completed"): void {
    const actor = requiredAccount(this.site, by);
    closeIssue(this.site, repository, issueOf(repository, number), actor, { reason });
  }

  /** A project's workflow closes the issue in a person's name, as "auto-close issue" does. */
  closeIssueByProject(repository: Repository, number: number, by: string, title: string): void {
    const closer = { kind: "project", number: 1, title } as const;
    closeIssue(this.site, repository, issueOf(repository, number), requiredAccount(this.site, by), {
      closer,
    });
  }

  labelIssue(repository: Repository, number: number, by: string, label: string): void {
    labelIssue(this.site, repository, issueOf(repository, number), requiredAccount(this.site, by), label);
  }

  reopenIssue(repository: Repository, number: number, by: string): void {
    reopenIssue(this.site, repository, issueOf(repository, number), requiredAccount(this.site, by));
  }

  deleteIssue(repository: Repository, number: number, by: string): void {
    deleteIssue(this.site, repository, issueOf(repository, number), requiredAccount(this.site, by));
  }

  commentOnIssue(repository: Repository, number: number, by: string, body: string): void {
    commentOn(this.site, repository, issueOf(repository, number), requiredAccount(this.site, by), body);
  }

  openPullRequest(repository: Repository, wanted: NewPullRequest): Promise<PullRequest> {
    return pulls.openPull(this.site, repository, wanted);
  }

  closePullRequest(repository: Repository, pull: PullRequest, by: string): Promise<void> {
    return pulls.closePullBy(this.site, repository, pull, by);
  }

  reopenPullRequest(repository: Repository, pull: PullRequest, by: string): Promise<void> {
    return pulls.reopenPull(this.site, repository, pull, by);
  }

  /** Returns the new tip of the base branch; throws on a conflict. */
  mergePullRequest(
    repository: Repository,
    pull: PullRequest,
    by: string,
    method: "merge" | "squash" = "merge",
  ): Promise<string> {
    return pulls.mergePull(this.site, repository, pull, by, method);
  }

  changeBase(repository: Repository, pull: PullRequest, base: string, by: string): Promise<void> {
    return changeBase(this.site, repository, pull, base, requiredAccount(this.site, by));
  }

  changeTitle(repository: Repository, pull: PullRequest, title: string, by: string): Promise<void> {
    return pulls.changeTitle(this.site, repository, pull, title, by);
  }

  setDraft(repository: Repository, pull: PullRequest, draft: boolean, by: string): Promise<void> {
    return pulls.setDraft(this.site, repository, pull, draft, by);
  }

  /** "Merge when ready" on these pull requests: pushes a temporary branch and sends `merge_group`. */
  createMergeGroup(repository: Repository, queued: readonly PullRequest[], by: string): Promise<MergeGroup> {
    return mergeQueue.createMergeGroup(this.site, repository, queued, by);
  }

  destroyMergeGroup(
    repository: Repository,
    group: MergeGroup,
    reason: "merged" | "invalidated" | "dequeued",
    by: string,
  ): Promise<void> {
    return mergeQueue.destroyMergeGroup(this.site, repository, group, reason, by);
  }

  /** "Re-run" next to one check. */
  rerequestRun(repository: Repository, run: CheckRun, by: string): void {
    checks.rerequestRun(this.site, repository, run, by);
  }

  /** "Re-run all checks" on a commit. */
  rerequestSuite(repository: Repository, sha: string, by: string): Promise<void> {
    return checks.rerequestSuite(this.site, repository, sha, by);
  }

  /** Presses one of the buttons that a check run shows. */
  pressAction(repository: Repository, run: CheckRun, identifier: string, by: string): void {
    checks.pressAction(this.site, repository, run, identifier, by);
  }
}

function issueOf(repository: Repository, number: number): Issue {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw new Error(`${fullNameOf(repository)} has no issue ${number}.`);
  return issue;
}
