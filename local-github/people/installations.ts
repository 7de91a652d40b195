import type { Account, Installation, Permissions, Repository, Site } from "../site.ts";
import { fullNameOf, requiredAccount } from "../site.ts";
import { send } from "../webhooks/delivery.ts";
import { renderInstallation } from "../render/account.ts";
import { nodeId } from "../render/url.ts";

export interface NewInstallation {
  /** The login of the account that installs the app. */
  readonly on: string;
  readonly id?: number;
  /** The repositories it covers; all that the account has where none are named. */
  readonly repositories?: readonly Repository[];
  /** What was consented to: all that the app asks for, unless told. */
  readonly permissions?: Permissions;
  readonly by?: string;
}

function short(repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    private: repository.private,
  };
}

function covered(site: Site, installation: Installation): Repository[] {
  return [...site.repositories.values()].filter(
    (repository) =>
      repository.owner.id === installation.account.id &&
      (installation.repositories === null || installation.repositories.has(repository.id)),
  );
}

export function install(site: Site, wanted: NewInstallation): Installation {
  const account = requiredAccount(site, wanted.on);
  const installation: Installation = {
    id: wanted.id ?? site.nextId(),
    account,
    repositories:
      wanted.repositories === undefined
        ? null
        : new Set(wanted.repositories.map((repository) => repository.id)),
    permissions: wanted.permissions ?? site.app.permissions,
    createdAt: site.now(),
  };
  site.installations.set(installation.id, installation);
  send(site, {
    event: "installation",
    sender: senderOf(site, wanted.by, account),
    installation,
    payload: {
      action: "created",
      installation: renderInstallation(site, installation),
      repositories: covered(site, installation).map(short),
      requester: null,
    },
  });
  return installation;
}

function senderOf(site: Site, by: string | undefined, otherwise: Account): Account {
  return by === undefined ? otherwise : requiredAccount(site, by);
}

export function uninstall(site: Site, installation: Installation, by?: string): void {
  const repositories = covered(site, installation).map(short);
  site.installations.delete(installation.id);
  send(site, {
    event: "installation",
    sender: senderOf(site, by, installation.account),
    installation,
    payload: {
      action: "deleted",
      installation: renderInstallation(site, installation),
      repositories,
      requester: null,
    },
  });
}

/** Adds repositories to an installation of chosen ones, or takes them out. */
export function changeRepositories(
  site: Site,
  installation: Installation,
  action: "added" | "removed",
  repositories: readonly Repository[],
  by?: string,
): void {
  const chosen = installation.repositories ?? new Set<number>();
  installation.repositories = chosen;
  for (const repository of repositories) {
    if (action === "added") chosen.add(repository.id);
    else chosen.delete(repository.id);
  }
  send(site, {
    event: "installation_repositories",
    sender: senderOf(site, by, installation.account),
    installation,
    payload: {
      action,
      installation: renderInstallation(site, installation),
      repository_selection: "selected",
      repositories_added: action === "added" ? repositories.map(short) : [],
      repositories_removed: action === "removed" ? repositories.map(short) : [],
      requester: null,
    },
  });
}
