import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createBackground } from "./background.ts";
import { closeIssue, commentOn, openIssue, reopenIssue } from "./actions/issues.ts";
import { sendRun, sendSuite } from "./actions/checks.ts";
import { endpoints } from "./endpoints/index.ts";
import type { Fault, FaultOrder } from "./faults.ts";
import { orderFault } from "./faults.ts";
import { dateOf } from "./git/commit.ts";
import { writeGitConfiguration } from "./git/process.ts";
import { createSiteServer } from "./http/server.ts";
import type { RequestRecord } from "./http/request-log.ts";
import type { Violation } from "./openapi/description.ts";
import type { NewInstallation } from "./people/installations.ts";
import { changeRepositories, install, uninstall } from "./people/installations.ts";
import type { NewRepository } from "./people/repositories.ts";
import { createAccount, createRepository, renameRepository, setRole } from "./people/repositories.ts";
import type {
  Account,
  AppIdentity,
  BaseRole,
  CheckRun,
  Installation,
  Issue,
  Permissions,
  Repository,
  Role,
  Site,
  WebhookTarget,
} from "./site.ts";
import { fullNameOf, requiredAccount } from "./site.ts";
import type { Delivery } from "./webhooks/delivery.ts";
import { redeliver } from "./webhooks/delivery.ts";

/** What the app asks for when nothing else is said; `app.yml` of a real app says it. */
const PERMISSIONS: Permissions = {
  metadata: "read",
  contents: "read",
  checks: "write",
  issues: "write",
  pull_requests: "read",
  merge_queues: "read",
};

const EVENTS = [
  "push",
  "pull_request",
  "check_run",
  "check_suite",
  "issues",
  "merge_group",
  "repository",
] as const;

export interface LocalGitHubOptions {
  /** An empty directory for the repositories. */
  readonly directory: string;
  /** 0, as unless told: any that is free. */
  readonly port?: number;
  readonly app: {
    readonly id: number;
    readonly slug?: string;
    /** PEM; of a private key the public half is taken. */
    readonly key: string;
    readonly permissions?: Permissions;
    readonly events?: readonly string[];
  };
  readonly webhook?: WebhookTarget;
  /** Added to each REST request. */
  readonly latencyMs?: number;
}

/** Starts a GitHub on localhost over real git repositories. State other than git's lives in memory. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  await mkdir(join(options.directory, "repositories"), { recursive: true });
  const git = await writeGitConfiguration(options.directory);
  let site: Site | null = null;
  const server = createSiteServer(() => {
    if (site === null) throw new Error("A request came before the local GitHub was ready.");
    return site;
  }, endpoints);
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  let lastId = 1000;
  const nextId = (): number => (lastId += 1);
  const slug = options.app.slug ?? "rollcall";
  const owner: Account = {
    id: nextId(),
    login: "github-apps",
    type: "Organization",
    email: "apps@localhost",
  };
  const botLogin = `${slug}[bot]`;
  const bot: Account = {
    id: nextId(),
    login: botLogin,
    type: "Bot",
    email: `${botLogin}@users.noreply.github.com`,
  };
  const app: AppIdentity = {
    id: options.app.id,
    slug,
    name: slug,
    publicKey: createPublicKey(options.app.key),
    owner,
    bot,
    permissions: options.app.permissions ?? PERMISSIONS,
    events: options.app.events ?? EVENTS,
  };
  site = {
    directory: options.directory,
    origin: `http://localhost:${port}`,
    app,
    git,
    accounts: new Map([[botLogin.toLowerCase(), bot]]),
    repositories: new Map(),
    names: new Map(),
    installations: new Map(),
    tokens: new Map(),
    userTokens: new Map(),
    requests: [],
    watchers: new Set(),
    deliveries: [],
    violations: [],
    faults: [],
    background: createBackground(),
    webhook: options.webhook ?? null,
    latencyMs: options.latencyMs ?? 0,
    rateLimit: { limit: 5000, used: 0, resetAt: Math.floor(Date.now() / 1000) + 3600 },
    now: () => dateOf(Date.now()),
    nextId,
  };
  const started = site;
  return new LocalGitHub(started, port, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    await started.background.idle();
    for (const repository of started.repositories.values()) repository.objects.close();
  });
}

/** A running local GitHub: what people do on the site, and what is there to look at. */
export class LocalGitHub {
  readonly site: Site;
  readonly port: number;
  readonly #stop: () => Promise<void>;

  constructor(site: Site, port: number, stop: () => Promise<void>) {
    this.site = site;
    this.port = port;
    this.#stop = stop;
  }

  /** `http://localhost:PORT`; repositories are cloned from `ORIGIN/OWNER/NAME.git`. */
  get origin(): string {
    return this.site.origin;
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

  /** Resolves when the condition holds, looked at after each request; rejects where it does not within `ms`. */
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

  createUser(login: string, email?: string): Account {
    return createAccount(this.site, login, "User", email);
  }

  createOrganization(login: string): Account {
    return createAccount(this.site, login, "Organization");
  }

  createRepository(wanted: NewRepository): Promise<Repository> {
    return createRepository(this.site, wanted);
  }

  setRole(repository: Repository, login: string, role: BaseRole | Role): void {
    setRole(this.site, repository, login, role);
  }

  renameRepository(repository: Repository, name: string): void {
    renameRepository(this.site, repository, name);
  }

  /** The address that a person pushes to and fetches from; the login alone proves who they are. */
  cloneUrl(repository: Repository, login: string): string {
    const url = new URL(`${this.origin}/${fullNameOf(repository)}.git`);
    url.username = requiredAccount(this.site, login).login;
    url.password = "x";
    return url.href;
  }

  /** A token with which a person uses the REST interface. */
  tokenOf(login: string): string {
    const token = `ghp_${this.site.nextId()}`;
    this.site.userTokens.set(token, requiredAccount(this.site, login));
    return token;
  }

  install(wanted: NewInstallation): Installation {
    return install(this.site, wanted);
  }

  uninstall(installation: Installation, by?: string): void {
    uninstall(this.site, installation, by);
  }

  addRepositories(installation: Installation, repositories: readonly Repository[], by?: string): void {
    changeRepositories(this.site, installation, "added", repositories, by);
  }

  removeRepositories(installation: Installation, repositories: readonly Repository[], by?: string): void {
    changeRepositories(this.site, installation, "removed", repositories, by);
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

  /** Issues, oldest first. */
  issues(repository: Repository): Issue[] {
    return [...repository.issues.values()];
  }

  orderFault(order: FaultOrder): Fault {
    return orderFault(this.site.faults, order);
  }
}
