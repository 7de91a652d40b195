import type { Background } from "../background.ts";
import type { GitAt } from "../git/history.ts";
import type { GitConfiguration } from "../git/process.ts";
import type { Fault } from "./faults.ts";
import type { RequestRecord } from "./request-log.ts";
import type { Description, Violation } from "../openapi/description.ts";
import type { Account } from "./account.ts";
import type { Delivery, WebhookTarget } from "./delivery.ts";
import type { AppIdentity, Installation, InstallationToken } from "./installation.ts";
import type { Repository } from "./repository.ts";

/** All state of the local GitHub apart from git's. `startLocalGitHub` creates it. */
export interface Site {
  readonly directory: string;
  /** `http://localhost:PORT`, without a trailing slash. */
  readonly origin: string;
  readonly app: AppIdentity;
  readonly git: GitConfiguration;
  readonly accounts: Map<string, Account>;
  readonly repositories: Map<number, Repository>;
  /** Lower-case `owner/name` to id. A former name stays until another repository takes it. */
  readonly names: Map<string, number>;
  readonly installations: Map<number, Installation>;
  readonly tokens: Map<string, InstallationToken>;
  readonly userTokens: Map<string, Account>;
  readonly requests: RequestRecord[];
  /** Called after each answered request and each finished delivery. */
  readonly watchers: Set<() => void>;
  readonly deliveries: Delivery[];
  readonly description: Description;
  readonly violations: Violation[];
  readonly faults: Fault[];
  readonly background: Background;
  webhook: WebhookTarget | null;
  /** How long the app has to answer a webhook, in milliseconds. */
  webhookTimeoutMs: number;
  latencyMs: number;
  /** Added to the time in every timestamp. */
  timeShiftMs: number;
  /** Added to the clock of answers, and to the one by which the app's tokens are judged. */
  clockShiftMs: number;
  rateLimit: { limit: number; used: number; resetAt: number };
  /** The time in ISO 8601, to the second, as GitHub writes it. */
  now(): string;
  nextId(): number;
}

export function requiredAccount(site: Site, login: string): Account {
  const account = site.accounts.get(login.toLowerCase());
  if (account === undefined) throw new Error(`No account ${login}: create it with createUser first.`);
  return account;
}

/** The repository with this current or former `owner/name`. */
export function repositoryNamed(site: Site, fullName: string): Repository | undefined {
  const id = site.names.get(fullName.toLowerCase());
  return id === undefined ? undefined : site.repositories.get(id);
}

export function covers(installation: Installation, repository: Repository): boolean {
  return (
    installation.account.id === repository.owner.id &&
    (installation.repositories === null || installation.repositories.has(repository.id))
  );
}

/** The repositories that an installation covers. */
export function coveredBy(site: Site, installation: Installation): Repository[] {
  return [...site.repositories.values()].filter((repository) => covers(installation, repository));
}

export function installationOn(site: Site, repository: Repository): Installation | undefined {
  return site.installations.values().find((installation) => covers(installation, repository));
}

/** Where git commands on a repository run. */
export function gitAt(site: Site, repository: Repository): GitAt {
  return { configuration: site.git, path: repository.path };
}
