/**
 * A running local GitHub. This class is what a test looks at and steers: requests, deliveries, stored checks and
 * issues, faults. What people do on the site comes from its base classes, `Collaboration` and `Administration`.
 */
import type { Commit } from "./git/commit.ts";
import { readCommit } from "./git/commit.ts";
import type { Violation } from "./openapi/description.ts";
import { Collaboration } from "./people/collaboration.ts";
import type { CheckRun, CheckSuite } from "./site/check.ts";
import type { Delivery, WebhookTarget } from "./site/delivery.ts";
import type { Fault, FaultOrder } from "./site/faults.ts";
import { orderFault } from "./site/faults.ts";
import type { Installation } from "./site/installation.ts";
import type { Issue } from "./site/issue.ts";
import type { PullRequest, Repository } from "./site/repository.ts";
import type { RequestRecord } from "./site/request-log.ts";
import type { Site } from "./site/site.ts";
import { redeliver } from "./webhooks/delivery.ts";

export class LocalGitHub extends Collaboration {
  readonly port: number;
  readonly #stop: () => Promise<void>;

  constructor(site: Site, port: number, stop: () => Promise<void>) {
    super(site);
    this.port = port;
    this.#stop = stop;
  }

  /** Octokit's `baseUrl`. */
  get apiUrl(): string {
    return `${this.site.origin}/api/v3`;
  }

  /** Every request so far, oldest first. */
  get requests(): readonly RequestRecord[] {
    return this.site.requests;
  }

  /** Every delivery so far, oldest first. */
  get deliveries(): readonly Delivery[] {
    return this.site.deliveries;
  }

  /** Requests and answers that broke GitHub's OpenAPI description. Tests assert that there are none. */
  get violations(): readonly Violation[] {
    return this.site.violations;
  }

  get installations(): readonly Installation[] {
    return [...this.site.installations.values()];
  }

  /** Where webhooks go; null if nowhere: deliveries then fail to connect. */
  get webhook(): WebhookTarget | null {
    return this.site.webhook;
  }

  deliverTo(url: string, secret: string): void {
    this.site.webhook = { url, secret };
  }

  /** Deliveries fail to connect until the next `deliverTo`. */
  deliverNowhere(): void {
    this.site.webhook = null;
  }

  redeliver(delivery: Delivery): Delivery {
    return redeliver(this.site, delivery);
  }

  /** How long the app has to answer a webhook from now on. GitHub waits 10 seconds, which is the default. */
  setWebhookTimeout(ms: number): void {
    this.site.webhookTimeoutMs = ms;
  }

  /** Delays every REST request from now on. */
  setLatency(ms: number): void {
    this.site.latencyMs = ms;
  }

  /** Shifts the timestamps of everything that happens from now on; 0 ends it. Tokens expire in real time. */
  shiftTime(ms: number): void {
    this.site.timeShiftMs = ms;
  }

  /** Sets how much of the hourly limit is used, and when it resets. */
  setRateLimit(state: { readonly used?: number; readonly resetAt?: number }): void {
    Object.assign(this.site.rateLimit, state);
  }

  /** Orders a fault for the next matching requests. If several match, the oldest order applies. */
  orderFault(order: FaultOrder): Fault {
    return orderFault(this.site.faults, order);
  }

  /** Resolves when every push is processed and every delivery is answered or has failed. */
  idle(): Promise<void> {
    return this.site.background.idle();
  }

  /** Resolves when the condition holds. It is checked after each request and delivery; rejects after `ms`, by default so late that something hangs. */
  async until(condition: () => boolean, what: string, ms = 240_000): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`Waited ${ms} ms for: ${what}.`)), ms);
    const unwatch = this.watch(() => {
      if (condition()) resolve();
    });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      unwatch();
    }
  }

  /** Calls back after each answered request and each finished delivery, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.site.watchers.add(watcher);
    return () => this.site.watchers.delete(watcher);
  }

  async close(): Promise<void> {
    await this.#stop();
  }

  /** The commit that a SHA or a ref names; null if there is none. */
  commit(repository: Repository, name: string): Promise<Commit | null> {
    return readCommit(repository.objects, name);
  }

  /** Check runs on a commit, oldest first, with everything that is stored about them. */
  checkRuns(repository: Repository, sha: string, name: string | null = null): CheckRun[] {
    return repository.checkRuns.filter((run) => run.headSha === sha && (name === null || run.name === name));
  }

  checkSuites(repository: Repository): readonly CheckSuite[] {
    return repository.checkSuites;
  }

  /** Issues, oldest first. */
  issues(repository: Repository): Issue[] {
    return [...repository.issues.values()];
  }

  /** Pull requests, oldest first. */
  pullRequests(repository: Repository): PullRequest[] {
    return [...repository.pulls.values()];
  }
}
