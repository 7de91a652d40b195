import type { Answer, Call, Endpoint } from "../http/call.ts";
import { parameter, repositoryOf } from "../http/call.ts";
import { notFound } from "../http/refusal.ts";
import { roleOf } from "../roles.ts";
import { renderAccount } from "../render/account.ts";
import { renderFullRepository } from "../render/repository.ts";

function getRepository(call: Call): Answer {
  return { status: 200, body: renderFullRepository(call, repositoryOf(call)) };
}

// The four words that `permission` has, by base role; `role_name` is exact.
const LEGACY = {
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
      permission: LEGACY[role.base],
      role_name: role.name,
      user: {
        ...renderAccount(call.site, account),
        permissions: {
          pull: role.base !== "none",
          triage: ["triage", "write", "maintain", "admin"].includes(role.base),
          push: ["write", "maintain", "admin"].includes(role.base),
          maintain: ["maintain", "admin"].includes(role.base),
          admin: role.base === "admin",
        },
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
