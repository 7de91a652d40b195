/**
 * Where the app is installed: installing, suspending, uninstalling, and choosing repositories.
 * Installation tokens die with the installation, and all at once when GitHub revokes them.
 */
import { renderInstallation } from "../render/account.ts";
import { nodeId } from "../render/url.ts";
import type { Account } from "../site/account.ts";
import type { Installation, Permissions } from "../site/installation.ts";
import { fullNameOf } from "../site/repository.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { coveredBy, requiredAccount } from "../site/site.ts";
import { send } from "../webhooks/send.ts";

export interface NewInstallation {
  /** The login of the account that installs the app. */
  readonly on: string;
  readonly id?: number;
  /** The selected repositories. Default: all of the account. */
  readonly repositories?: readonly Repository[];
  /** The permissions granted. Default: all that the app asks for. */
  readonly permissions?: Permissions;
  readonly by?: string;
}

function renderShort(repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    private: repository.private,
  };
}

/** Every installation has a new id, also when the app was installed there before. */
export function install(site: Site, wanted: NewInstallation): Installation {
  const account = requiredAccount(site, wanted.on);
  const known = site.installations.values().find((one) => one.account.id === account.id);
  if (known !== undefined) throw new Error(`The app is already installed on ${account.login}.`);
  const installation: Installation = {
    id: wanted.id ?? site.nextId(),
    account,
    repositories:
      wanted.repositories === undefined
        ? null
        : new Set(wanted.repositories.map((repository) => repository.id)),
    permissions: wanted.permissions ?? site.app.permissions,
    createdAt: site.now(),
    suspended: null,
  };
  site.installations.set(installation.id, installation);
  sendInstallation(site, installation, "created", wanted.by);
  return installation;
}

/** Removes the installation; its tokens stop working at once. */
export function uninstall(site: Site, installation: Installation, by?: string): void {
  site.installations.delete(installation.id);
  revokeTokens(site, installation);
  sendInstallation(site, installation, "deleted", by);
}

/** A suspended installation gets no webhooks, and everything it asks for is refused. */
export function suspend(site: Site, installation: Installation, by?: string): void {
  installation.suspended = { by: senderOf(site, by, installation.account), at: site.now() };
  sendInstallation(site, installation, "suspend", by);
}

export function unsuspend(site: Site, installation: Installation, by?: string): void {
  installation.suspended = null;
  sendInstallation(site, installation, "unsuspend", by);
}

/** The account accepts other permissions. Tokens keep those they were created with. */
export function acceptPermissions(
  site: Site,
  installation: Installation,
  permissions: Permissions,
  by?: string,
): void {
  installation.permissions = permissions;
  sendInstallation(site, installation, "new_permissions_accepted", by);
}

/** Makes every token of an installation invalid at once. */
export function revokeTokens(site: Site, installation: Installation): void {
  for (const [text, token] of site.tokens) if (token.installation === installation) site.tokens.delete(text);
}

function sendInstallation(
  site: Site,
  installation: Installation,
  action: "created" | "deleted" | "new_permissions_accepted" | "suspend" | "unsuspend",
  by: string | undefined,
): void {
  send(site, {
    event: "installation",
    sender: senderOf(site, by, installation.account),
    installation,
    payload: {
      action,
      installation: renderInstallation(site, installation),
      repositories: coveredBy(site, installation).map(renderShort),
      requester: null,
    },
  });
}

function senderOf(site: Site, by: string | undefined, otherwise: Account): Account {
  return by === undefined ? otherwise : requiredAccount(site, by);
}

/** Adds repositories to the selection, or removes them. The installation is on selected repositories from then on. */
export function changeRepositories(
  site: Site,
  installation: Installation,
  action: "added" | "removed",
  repositories: readonly Repository[],
  by?: string,
): void {
  const selected = installation.repositories ?? new Set<number>();
  installation.repositories = selected;
  for (const repository of repositories) {
    if (action === "added") selected.add(repository.id);
    else selected.delete(repository.id);
  }
  send(site, {
    event: "installation_repositories",
    sender: senderOf(site, by, installation.account),
    installation,
    payload: {
      action,
      installation: renderInstallation(site, installation),
      repository_selection: "selected",
      repositories_added: action === "added" ? repositories.map(renderShort) : [],
      repositories_removed: action === "removed" ? repositories.map(renderShort) : [],
      requester: null,
    },
  });
}
