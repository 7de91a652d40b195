/**
 * Accounts and repositories: creating, forking, renaming, transferring, archiving and deleting them, and changing who
 * sees them. Each change sends its `repository` webhook. Branches are in `branches.ts`.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../git/process.ts";
import { createObjectReader } from "../git/objects.ts";
import { renderAccount, renderOrganization } from "../render/account.ts";
import { send } from "../webhooks/send.ts";
import type { Account, BaseRole, Role } from "../site/account.ts";
import { fullNameOf } from "../site/repository.ts";
import type { Repository } from "../site/repository.ts";
import { requiredAccount } from "../site/site.ts";
import type { Site } from "../site/site.ts";

export interface NewRepository {
  /** The owner's login; the account must exist. */
  readonly owner: string;
  readonly name: string;
  readonly id?: number;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  readonly hasIssues?: boolean;
  /** Roles by login: a base role, or a custom role. */
  readonly roles?: Readonly<Record<string, BaseRole | Role>>;
}

export function createAccount(site: Site, login: string, type: Account["type"], email?: string): Account {
  const known = site.accounts.get(login.toLowerCase());
  if (known !== undefined) return known;
  const id = site.nextId();
  const account = { id, login, type, email: email ?? `${id}+${login}@users.noreply.github.com` };
  site.accounts.set(login.toLowerCase(), account);
  return account;
}

export async function createRepository(
  site: Site,
  wanted: NewRepository,
  parent: Repository | null = null,
): Promise<Repository> {
  const owner = requiredAccount(site, wanted.owner);
  const id = wanted.id ?? site.nextId();
  const path = join(site.directory, "repositories", `${id}.git`);
  const defaultBranch = wanted.defaultBranch ?? "main";
  await mkdir(path, { recursive: true });
  const source =
    parent === null
      ? ["init", "--quiet", "--bare"]
      : ["clone", "--quiet", "--bare", "--no-local", parent.path];
  await git(site.git, null, [...source, path]);
  await git(site.git, path, ["symbolic-ref", "HEAD", `refs/heads/${defaultBranch}`]);
  const now = site.now();
  const repository: Repository = {
    id,
    name: wanted.name,
    owner,
    private: wanted.private ?? false,
    archived: false,
    hasIssues: wanted.hasIssues ?? true,
    defaultBranch,
    path,
    objects: createObjectReader(site.git, path),
    parent,
    roles: new Map(),
    issues: new Map(),
    deletedIssues: new Set(),
    pulls: new Map(),
    labels: [],
    checkSuites: [],
    checkRuns: [],
    activity: [],
    diffs: new Map(),
    pushing: Promise.resolve(),
    announcing: Promise.resolve(),
    lastNumber: 0,
    createdAt: now,
    pushedAt: now,
  };
  for (const [login, role] of Object.entries(wanted.roles ?? {})) setRole(site, repository, login, role);
  site.repositories.set(id, repository);
  site.names.set(fullNameOf(repository).toLowerCase(), id);
  return repository;
}

export function setRole(site: Site, repository: Repository, login: string, role: BaseRole | Role): void {
  requiredAccount(site, login);
  repository.roles.set(login.toLowerCase(), typeof role === "string" ? { base: role, name: role } : role);
}

/** The old name redirects to the new one until another repository takes it. */
export function renameRepository(site: Site, repository: Repository, name: string, by: string): void {
  const from = repository.name;
  repository.name = name;
  site.names.set(fullNameOf(repository).toLowerCase(), repository.id);
  sendRepository(site, repository, "renamed", by, { changes: { repository: { name: { from } } } });
}

export function archiveRepository(site: Site, repository: Repository, by: string): void {
  repository.archived = true;
  sendRepository(site, repository, "archived", by);
}

export function unarchiveRepository(site: Site, repository: Repository, by: string): void {
  repository.archived = false;
  sendRepository(site, repository, "unarchived", by);
}

/**
 * Moves a repository to another owner. Only the app's installation on the new owner hears of it
 * (https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository).
 */
export function transferRepository(site: Site, repository: Repository, to: string, by: string): void {
  const from = repository.owner;
  for (const installation of site.installations.values()) installation.repositories?.delete(repository.id);
  repository.owner = requiredAccount(site, to);
  site.names.set(fullNameOf(repository).toLowerCase(), repository.id);
  const former =
    from.type === "Organization"
      ? { organization: renderOrganization(site, from) }
      : { user: renderAccount(site, from) };
  sendRepository(site, repository, "transferred", by, { changes: { owner: { from: former } } });
}

export function setPrivate(site: Site, repository: Repository, isPrivate: boolean, by: string): void {
  repository.private = isPrivate;
  sendRepository(site, repository, isPrivate ? "privatized" : "publicized", by);
}

export function sendRepository(
  site: Site,
  repository: Repository,
  action: string,
  by: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const sender = requiredAccount(site, by);
  send(site, { event: "repository", repository, sender, payload: { action, ...more } });
}

/** Pull requests from a deleted fork stay, with no head repository. */
export async function deleteRepository(site: Site, repository: Repository, by: string): Promise<void> {
  sendRepository(site, repository, "deleted", by);
  site.repositories.delete(repository.id);
  for (const [name, id] of site.names) if (id === repository.id) site.names.delete(name);
  for (const other of site.repositories.values()) {
    for (const pull of other.pulls.values())
      if (pull.headRepository === repository) pull.headRepository = null;
  }
  await repository.objects.close();
  await rm(repository.path, { recursive: true, force: true });
}

/** A fork owned by a person, with all branches and tags. */
export function forkRepository(site: Site, parent: Repository, by: string): Promise<Repository> {
  const { name, private: isPrivate, defaultBranch } = parent;
  return createRepository(site, { owner: by, name, private: isPrivate, defaultBranch }, parent);
}

export async function collectGarbage(site: Site, repository: Repository): Promise<void> {
  repository.diffs.clear();
  await git(site.git, repository.path, ["gc", "--quiet", "--prune=now"]);
  // The reader's git process still maps the deleted packs; the next read starts a new one.
  await repository.objects.close();
}
