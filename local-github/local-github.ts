import { sendRun, sendSuite } from "./actions/checks.ts";
import { closeIssue, commentOn, openIssue, reopenIssue } from "./actions/issues.ts";
import type { Fault, FaultOrder } from "./faults.ts";
import { orderFault } from "./faults.ts";
import type { RequestRecord } from "./http/request-log.ts";
import type { Violation } from "./openapi/description.ts";
import { Administration } from "./people/administration.ts";
import type { MergeGroup, NewPullRequest } from "./people/pulls.ts";
import * as pulls from "./people/pulls.ts";
import type { CheckRun, CheckSuite, Issue, PullRequest, Repository, Site } from "./site.ts";
import { fullNameOf, requiredAccount } from "./site.ts";
import type { Delivery } from "./webhooks/delivery.ts";
import { redeliver } from "./webhooks/delivery.ts";

/** A running local GitHub: what people do on the site, and what is there to look at. */
export class LocalGitHub extends Administration {
  readonly port: number;
  readonly #stop: () => Promise<void>;

  constructor(site: Site, port: number, stop: () => Promise<void>) {
    super(site);
    this.port = port;
    this.#stop = stop;
  }

  /** What Octokit takes as `baseUrl`. */
  get apiUrl(): string {
    return `${this.site.origin}/api/v3`;
  }

  get requests(): readonly RequestRecord[] {
    return this.site.requests;
  }

  get deliveries(): readonly Delivery[] {
    return this.site.deliveries;
  }

  /** Requests and answers that were not as GitHub's OpenAPI description says; a test asserts that there are none. */
  get violations(): readonly Violation[] {
    return this.site.violations;
  }

  deliverTo(url: string, secret: string): void {
    this.site.webhook = { url, secret };
  }

  /** Resolves when every push is processed and every delivery answered (or given up). */
  idle(): Promise<void> {
    return this.site.background.idle();
  }

  /** Resolves when the condition holds, looked at after each request and delivery; rejects where it does not within `ms`. */
  async until(condition: () => boolean, what: string, ms = 20_000): Promise<void> {
    if (condition()) return;
    const held = Promise.withResolvers<void>();
    const watcher = (): void => {
      if (condition()) held.resolve();
    };
    const timer = setTimeout(() => held.reject(new Error(`Waited ${ms} ms in vain for: ${what}.`)), ms);
    this.site.watchers.add(watcher);
    try {
      await held.promise;
    } finally {
      clearTimeout(timer);
      this.site.watchers.delete(watcher);
    }
  }

  async close(): Promise<void> {
    await this.#stop();
  }

  openIssue(
    repository: Repository,
    by: string,
    issue: { readonly title: string; readonly body?: string },
  ): Issue {
    return openIssue(this.site, repository, requiredAccount(this.site, by), { body: null, ...issue });
  }

  closeIssue(
    repository: Repository,
    number: number,
    by: string,
    reason: "completed" | "not_planned" = "completed",
  ): void {
    closeIssue(this.site, repository, this.#issue(repository, number), requiredAccount(this.site, by), {
      reason,
    });
  }

  reopenIssue(repository: Repository, number: number, by: string): void {
    reopenIssue(this.site, repository, this.#issue(repository, number), requiredAccount(this.site, by));
  }

  commentOnIssue(repository: Repository, number: number, by: string, body: string): void {
    commentOn(this.site, repository, this.#issue(repository, number), requiredAccount(this.site, by), body);
  }

  #issue(repository: Repository, number: number): Issue {
    const issue = repository.issues.get(number);
    if (issue === undefined) throw new Error(`${fullNameOf(repository)} has no issue ${number}.`);
    return issue;
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

  /** Gives the new tip of the base branch; throws on a conflict. */
  mergePullRequest(
    repository: Repository,
    pull: PullRequest,
    by: string,
    method: "merge" | "squash" = "merge",
  ): Promise<string> {
    return pulls.mergePull(this.site, repository, pull, by, method);
  }

  changeBase(repository: Repository, pull: PullRequest, base: string, by: string): Promise<void> {
    return pulls.changeBase(this.site, repository, pull, base, by);
  }

  changeTitle(repository: Repository, pull: PullRequest, title: string, by: string): Promise<void> {
    return pulls.changeTitle(this.site, repository, pull, title, by);
  }

  setDraft(repository: Repository, pull: PullRequest, draft: boolean, by: string): Promise<void> {
    return pulls.setDraft(this.site, repository, pull, draft, by);
  }

  /** "Merge when ready" on these pull requests: a temporary branch, its `push`, and `merge_group`. */
  createMergeGroup(repository: Repository, queued: readonly PullRequest[], by: string): Promise<MergeGroup> {
    return pulls.createMergeGroup(this.site, repository, queued, by);
  }

  destroyMergeGroup(
    repository: Repository,
    group: MergeGroup,
    reason: "merged" | "invalidated" | "dequeued",
    by: string,
  ): Promise<void> {
    return pulls.destroyMergeGroup(this.site, repository, group, reason, by);
  }

  /** "Re-run" next to one check. */
  rerequestRun(repository: Repository, run: CheckRun, by: string): void {
    sendRun(this.site, repository, run, "rerequested", requiredAccount(this.site, by));
  }

  /** "Re-run all checks". */
  async rerequestSuite(repository: Repository, sha: string, by: string): Promise<void> {
    const suite = repository.checkSuites.find((one) => one.headSha === sha);
    if (suite === undefined) throw new Error(`No check suite on ${sha}.`);
    await sendSuite(this.site, repository, suite, "rerequested", requiredAccount(this.site, by));
  }

  /** A press on one of the buttons that a check run shows. */
  pressAction(repository: Repository, run: CheckRun, identifier: string, by: string): void {
    if (!run.actions.some((action) => action.identifier === identifier)) {
      throw new Error(`Check run ${run.id} shows no button ${identifier}.`);
    }
    sendRun(this.site, repository, run, "requested_action", requiredAccount(this.site, by), {
      requested_action: { identifier },
    });
  }

  redeliver(delivery: Delivery): Delivery {
    return redeliver(this.site, delivery);
  }

  /** Check runs on a commit, oldest first, with all that was stored. */
  checkRuns(repository: Repository, sha: string): CheckRun[] {
    return repository.checkRuns.filter((run) => run.headSha === sha);
  }

  checkSuites(repository: Repository): readonly CheckSuite[] {
    return repository.checkSuites;
  }

  /** Issues, oldest first. */
  issues(repository: Repository): Issue[] {
    return [...repository.issues.values()];
  }

  pullRequests(repository: Repository): PullRequest[] {
    return [...repository.pulls.values()];
  }

  /** Meets the next matching requests with a fault; of several that match, the one ordered first. */
  orderFault(order: FaultOrder): Fault {
    return orderFault(this.site.faults, order);
  }
}
