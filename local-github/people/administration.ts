/**
 * What owners and administrators do on the site: accounts, repositories, roles, and where the app is installed.
 * `by` is the login of whoever does it; webhooks name them as the sender.
 */
import type { Account, BaseRole, Role } from "../site/account.ts";
import type { Installation, Permissions } from "../site/installation.ts";
import { fullNameOf } from "../site/repository.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { requiredAccount } from "../site/site.ts";
import { renameBranch, setDefaultBranch } from "./branches.ts";
import type { NewInstallation } from "./installations.ts";
import * as installations from "./installations.ts";
import type { NewRepository } from "./repositories.ts";
import * as repositories from "./repositories.ts";

export class Administration {
  readonly site: Site;

  constructor(site: Site) {
    this.site = site;
  }

  /** `http://localhost:PORT`; repositories are at `ORIGIN/OWNER/NAME.git`. */
  get origin(): string {
    return this.site.origin;
  }

  createUser(login: string, email?: string): Account {
    return repositories.createAccount(this.site, login, "User", email);
  }

  createOrganization(login: string): Account {
    return repositories.createAccount(this.site, login, "Organization");
  }

  /** A personal token for the REST API. */
  tokenOf(login: string): string {
    const token = `ghp_${this.site.nextId()}`;
    this.site.userTokens.set(token, requiredAccount(this.site, login));
    return token;
  }

  createRepository(wanted: NewRepository): Promise<Repository> {
    return repositories.createRepository(this.site, wanted);
  }

  /** A fork owned by a person, with all branches and tags. */
  forkRepository(parent: Repository, by: string): Promise<Repository> {
    return repositories.forkRepository(this.site, parent, by);
  }

  deleteRepository(repository: Repository, by = repository.owner.login): Promise<void> {
    return repositories.deleteRepository(this.site, repository, by);
  }

  archiveRepository(repository: Repository, by: string): void {
    repositories.archiveRepository(this.site, repository, by);
  }

  unarchiveRepository(repository: Repository, by: string): void {
    repositories.unarchiveRepository(this.site, repository, by);
  }

  /** The old name redirects to the new one. */
  renameRepository(repository: Repository, name: string, by: string): void {
    repositories.renameRepository(this.site, repository, name, by);
  }

  /** Moves the repository to another owner. The old name redirects to the new one. */
  transferRepository(repository: Repository, to: string, by: string): void {
    repositories.transferRepository(this.site, repository, to, by);
  }

  setPrivate(repository: Repository, isPrivate: boolean, by: string): void {
    repositories.setPrivate(this.site, repository, isPrivate, by);
  }

  setRole(repository: Repository, login: string, role: BaseRole | Role): void {
    repositories.setRole(this.site, repository, login, role);
  }

  setDefaultBranch(repository: Repository, branch: string, by: string): Promise<void> {
    return setDefaultBranch(this.site, repository, branch, by);
  }

  renameBranch(repository: Repository, from: string, to: string, by: string): Promise<void> {
    return renameBranch(this.site, repository, from, to, by);
  }

  /** Deletes every object that no ref reaches, as GitHub does eventually. */
  collectGarbage(repository: Repository): Promise<void> {
    return repositories.collectGarbage(this.site, repository);
  }

  /** The URL that a person pushes to and fetches from. The login alone is enough. */
  cloneUrl(repository: Repository, login: string): string {
    const url = new URL(`${this.origin}/${fullNameOf(repository)}.git`);
    url.username = requiredAccount(this.site, login).login;
    url.password = "x";
    return url.href;
  }

  install(wanted: NewInstallation): Installation {
    return installations.install(this.site, wanted);
  }

  uninstall(installation: Installation, by?: string): void {
    installations.uninstall(this.site, installation, by);
  }

  suspend(installation: Installation, by?: string): void {
    installations.suspend(this.site, installation, by);
  }

  unsuspend(installation: Installation, by?: string): void {
    installations.unsuspend(this.site, installation, by);
  }

  /** Grants the installation these permissions. Tokens keep those they were created with. */
  acceptPermissions(installation: Installation, permissions: Permissions, by?: string): void {
    installations.acceptPermissions(this.site, installation, permissions, by);
  }

  /** Makes every token of the installation invalid at once. */
  revokeTokens(installation: Installation): void {
    installations.revokeTokens(this.site, installation);
  }

  addRepositories(installation: Installation, added: readonly Repository[], by?: string): void {
    installations.changeRepositories(this.site, installation, "added", added, by);
  }

  removeRepositories(installation: Installation, removed: readonly Repository[], by?: string): void {
    installations.changeRepositories(this.site, installation, "removed", removed, by);
  }
}
