import type { Answer, Call, Endpoint } from "../http/call.ts";
import { parameter, repositoryOf } from "../http/call.ts";
import { notFound } from "../http/refusal.ts";
import { renderAccount } from "../render/account.ts";
import { renderFullRepository } from "../render/repository.ts";
import type { BaseRole } from "../site/account.ts";
import { permissionsOf, roleOf } from "../site/roles.ts";

function getRepository(call: Call): Answer {
  const { caller } = call;
  const login = caller.kind === "user" ? caller.account.login : null;
  return { status: 200, body: renderFullRepository(call.site, repositoryOf(call), login) };
}

// `permission` has only four values; `role_name` is exact.
const LEGACY_PERMISSION: Readonly<Record<BaseRole, string>> = {
  none: "none",
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
};

function getPermission(call: Call): Answer {
  const repository = repositoryOf(call);
  const account = call.site.accounts.get(parameter(call, "username").toLowerCase());
  if (account === undefined) throw notFound();
  const role = roleOf(repository, account.login);
  return {
    status: 200,
    body: {
      permission: LEGACY_PERMISSION[role.base],
      role_name: role.name,
      user: {
        ...renderAccount(call.site, account),
        permissions: permissionsOf(role),
        role_name: role.name,
      },
    },
  };
}

export const repositoryEndpoints: readonly Endpoint[] = [
  { route: "GET /repos/{owner}/{repo}", permission: ["metadata", "read"], answer: getRepository },
  {
    route: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    permission: ["metadata", "read"],
    answer: getPermission,
  },
];
