import type { Account, BaseRole, Installation, Repository, Role, Site } from "../site.ts";
import { fullNameOf, requiredAccount } from "../site.ts";
import type { NewInstallation } from "./installations.ts";
import { changeRepositories, install, uninstall } from "./installations.ts";
import type { NewRepository } from "./repositories.ts";
import * as repositories from "./repositories.ts";

/** What owners do: accounts, repositories, roles, and where the app is installed. */
export class Administration {
  readonly site: Site;

  constructor(site: Site) {
    this.site = site;
  }

  /** `http://localhost:PORT`; repositories are cloned from `ORIGIN/OWNER/NAME.git`. */
  get origin(): string {
    return this.site.origin;
  }

  createUser(login: string, email?: string): Account {
    return repositories.createAccount(this.site, login, "User", email);
  }

  createOrganization(login: string): Account {
    return repositories.createAccount(this.site, login, "Organization");
  }

  createRepository(wanted: NewRepository): Promise<Repository> {
    return repositories.createRepository(this.site, wanted);
  }

  /** A fork in a person's name, with the branches and tags as they are now. */
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

  setDefaultBranch(repository: Repository, branch: string, by: string): void {
    repositories.setDefaultBranch(this.site, repository, branch, by);
  }

  setPrivate(repository: Repository, isPrivate: boolean, by: string): void {
    repositories.setPrivate(this.site, repository, isPrivate, by);
  }

  setRole(repository: Repository, login: string, role: BaseRole | Role): void {
    repositories.setRole(this.site, repository, login, role);
  }

  renameRepository(repository: Repository, name: string, by: string): void {
    repositories.renameRepository(this.site, repository, name, by);
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

  /** Throws away every object that no ref holds, as GitHub does some time: after it a dropped commit cannot be had. */
  collectGarbage(repository: Repository): Promise<void> {
    return repositories.collectGarbage(this.site, repository);
  }
}
