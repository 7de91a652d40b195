import type { KeyObject } from "node:crypto";
import type { GitConfiguration } from "./git/process.ts";
import type { ObjectReader } from "./git/objects.ts";
import type { FileDiff } from "./git/diff.ts";
import type { Delivery } from "./webhooks/delivery.ts";
import type { Background } from "./background.ts";
import type { RequestRecord } from "./http/request-log.ts";
import type { Fault } from "./faults.ts";
import type { Description, Violation } from "./openapi/description.ts";

/** The roles GitHub has; a custom role has a name of its own on top of one of them. */
export type BaseRole = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface Role {
  readonly base: BaseRole;
  /** What `role_name` answers: the base role, or the name of a custom one. */
  readonly name: string;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
  /** Commits with this address are shown as this account's. */
  readonly email: string;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  color: string;
  description: string | null;
}

export interface Comment {
  readonly id: number;
  readonly author: Account;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** One entry of an issue's history, as `/events` and `/timeline` list it. */
export interface IssueEvent {
  readonly id: number;
  readonly event:
    | "closed"
    | "reopened"
    | "labeled"
    | "unlabeled"
    | "assigned"
    | "unassigned"
    | "commented"
    | "referenced"
    | "cross-referenced";
  readonly actor: Account;
  readonly createdAt: string;
  /** The commit whose message closed the issue. */
  readonly commitId: string | null;
  readonly stateReason: string | null;
  readonly label: Label | null;
  readonly assignee: Account | null;
  readonly comment: Comment | null;
  /** The pull request that mentions the issue. */
  readonly source: PullRequest | null;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  labels: Label[];
  assignees: Account[];
  locked: boolean;
  closedBy: Account | null;
  closedAt: string | null;
  readonly byApp: boolean;
  readonly createdAt: string;
  updatedAt: string;
  readonly comments: Comment[];
  readonly events: IssueEvent[];
  /** Every body the issue ever had, oldest first: a person reads them in its edit history. */
  readonly bodies: string[];
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
  /** The commit of the merge, or of the test merge while the pull request is open; null on a conflict. */
  mergeCommit: string | null;
  readonly headRef: string;
  headSha: string;
  /** Null when the fork that the pull request came from is gone. */
  headRepository: Repository | null;
  baseRef: string;
  baseSha: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: string;
  readonly title: string | null;
  readonly message: string;
  readonly raw_details: string | null;
}

export interface CheckRun {
  readonly id: number;
  name: string;
  readonly headSha: string;
  readonly suite: CheckSuite;
  status: string;
  conclusion: string | null;
  detailsUrl: string | null;
  externalId: string;
  startedAt: string;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
}

interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckSuite {
  readonly id: number;
  readonly headSha: string;
  headBranch: string | null;
  readonly before: string | null;
  readonly createdAt: string;
  updatedAt: string;
}

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

export interface Repository {
  readonly id: number;
  name: string;
  readonly owner: Account;
  private: boolean;
  archived: boolean;
  hasIssues: boolean;
  defaultBranch: string;
  /** The bare repository. */
  readonly path: string;
  readonly objects: ObjectReader;
  readonly parent: Repository | null;
  readonly roles: Map<string, Role>;
  readonly issues: Map<number, Issue>;
  readonly pulls: Map<number, PullRequest>;
  readonly labels: Label[];
  readonly checkSuites: CheckSuite[];
  readonly checkRuns: CheckRun[];
  readonly activity: Activity[];
  /** Diffs asked for of late, by `base..head`: commits do not change. */
  readonly diffs: Map<string, Promise<readonly FileDiff[]>>;
  /** One push at a time, so that the refs before and after are those of the push. */
  pushing: Promise<unknown>;
  /** What pushes mean is told one after the other. */
  announcing: Promise<void>;
  lastNumber: number;
  readonly createdAt: string;
  pushedAt: string;
}

export type Permissions = Readonly<Record<string, "read" | "write" | "admin">>;

export interface Installation {
  readonly id: number;
  readonly account: Account;
  /** Ids of the repositories it covers; null for all that the account has. */
  repositories: Set<number> | null;
  permissions: Permissions;
  readonly createdAt: string;
}

export interface InstallationToken {
  readonly token: string;
  readonly installation: Installation;
  readonly expiresAt: number;
  /** Ids of the repositories it was narrowed to; null where it was not. */
  readonly repositories: ReadonlySet<number> | null;
  readonly permissions: Permissions;
}

export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly owner: Account;
  readonly bot: Account;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** Everything the local GitHub knows. Made by `startLocalGitHub`; changed by people, by pushes and by requests. */
export interface Site {
  readonly directory: string;
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly origin: string;
  readonly app: AppIdentity;
  readonly git: GitConfiguration;
  readonly accounts: Map<string, Account>;
  readonly repositories: Map<number, Repository>;
  /** Lower-case `owner/name` to id; a former name stays until it is taken anew. */
  readonly names: Map<string, number>;
  readonly installations: Map<number, Installation>;
  readonly tokens: Map<string, InstallationToken>;
  readonly userTokens: Map<string, Account>;
  readonly requests: RequestRecord[];
  /** Called after each request was answered, and after each delivery was. */
  readonly watchers: Set<() => void>;
  readonly deliveries: Delivery[];
  readonly description: Description;
  readonly violations: Violation[];
  readonly faults: Fault[];
  readonly background: Background;
  webhook: WebhookTarget | null;
  latencyMs: number;
  rateLimit: { limit: number; used: number; resetAt: number };
  /** Time in ISO 8601 to the second, as GitHub writes it. */
  now(): string;
  nextId(): number;
}

export function requiredAccount(site: Site, login: string): Account {
  const account = site.accounts.get(login.toLowerCase());
  if (account === undefined) throw new Error(`No account ${login}: create it with createUser first.`);
  return account;
}

export function repositoryNamed(site: Site, fullName: string): Repository | undefined {
  const id = site.names.get(fullName.toLowerCase());
  return id === undefined ? undefined : site.repositories.get(id);
}

export function fullNameOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

export function installationOn(site: Site, repository: Repository): Installation | undefined {
  for (const installation of site.installations.values()) {
    if (installation.account.id !== repository.owner.id) continue;
    if (installation.repositories === null || installation.repositories.has(repository.id))
      return installation;
  }
  return undefined;
}
