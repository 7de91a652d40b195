import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../git/process.ts";
import { createObjectReader } from "../git/objects.ts";
import type { Account, BaseRole, Repository, Role, Site } from "../site.ts";
import { fullNameOf, requiredAccount } from "../site.ts";
import { send } from "../webhooks/delivery.ts";

export interface NewRepository {
  /** The owner's login; the account must exist. */
  readonly owner: string;
  readonly name: string;
  readonly id?: number;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  readonly hasIssues?: boolean;
  /** Roles by login: a base role, or a custom role's name on top of one. */
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

/** The old name goes on to lead to the repository, by a redirect. */
export function renameRepository(site: Site, repository: Repository, name: string, by: string): void {
  const from = repository.name;
  repository.name = name;
  site.names.set(fullNameOf(repository).toLowerCase(), repository.id);
  sendChange(site, repository, "renamed", by, { changes: { repository: { name: { from } } } });
}

export function archiveRepository(site: Site, repository: Repository, by: string): void {
  repository.archived = true;
  sendChange(site, repository, "archived", by);
}

export function unarchiveRepository(site: Site, repository: Repository, by: string): void {
  repository.archived = false;
  sendChange(site, repository, "unarchived", by);
}

export function setDefaultBranch(site: Site, repository: Repository, branch: string, by: string): void {
  const from = repository.defaultBranch;
  repository.defaultBranch = branch;
  sendChange(site, repository, "edited", by, { changes: { default_branch: { from } } });
}

export function setPrivate(site: Site, repository: Repository, isPrivate: boolean, by: string): void {
  repository.private = isPrivate;
  sendChange(site, repository, isPrivate ? "privatized" : "publicized", by);
}

function sendChange(
  site: Site,
  repository: Repository,
  action: string,
  by: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const sender = requiredAccount(site, by);
  send(site, { event: "repository", repository, sender, payload: { action, ...more } });
}

/** Pull requests from a fork that is deleted stay, without their head's repository. */
export async function deleteRepository(site: Site, repository: Repository, by: string): Promise<void> {
  sendChange(site, repository, "deleted", by);
  site.repositories.delete(repository.id);
  for (const [name, id] of site.names) if (id === repository.id) site.names.delete(name);
  for (const other of site.repositories.values()) {
    for (const pull of other.pulls.values())
      if (pull.headRepository === repository) pull.headRepository = null;
  }
  await repository.objects.close();
  await rm(repository.path, { recursive: true, force: true });
}

/** A fork in a person's name, with the branches and tags as they are now. */
export function forkRepository(site: Site, parent: Repository, by: string): Promise<Repository> {
  const { name, private: isPrivate, defaultBranch } = parent;
  return createRepository(site, { owner: by, name, private: isPrivate, defaultBranch }, parent);
}

export async function collectGarbage(site: Site, repository: Repository): Promise<void> {
  repository.diffs.clear();
  await git(site.git, repository.path, ["gc", "--quiet", "--prune=now"]);
  // The next question starts a process that does not hold the packs that are gone.
  await repository.objects.close();
}
