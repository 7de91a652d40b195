import { randomBytes } from "node:crypto";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { idParameter } from "../http/call.ts";
import { paged, pagedUnder } from "../http/paging.ts";
import { Refusal, invalid, notFound } from "../http/refusal.ts";
import { isObject, listOf, numberOf, textsOf } from "../json.ts";
import { dateOf } from "../git/commit.ts";
import type { Installation, Permissions, Repository, Site } from "../site.ts";
import { renderApp, renderInstallation } from "../render/account.ts";
import { renderRepository } from "../render/repository.ts";

const TOKEN_LIFE_MS = 3_600_000;

function requireApp(call: Call): void {
  if (call.caller.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
}

function repositoriesOf(site: Site, installation: Installation): Repository[] {
  return [...site.repositories.values()].filter(
    (repository) =>
      repository.owner.id === installation.account.id &&
      (installation.repositories === null || installation.repositories.has(repository.id)),
  );
}

function narrowed(call: Call, installation: Installation): ReadonlySet<number> | null {
  const ids = listOf(call.body["repository_ids"]).map(numberOf);
  const names = textsOf(call.body["repositories"]);
  if (ids.length === 0 && names.length === 0) return null;
  if (ids.length + names.length > 500) throw invalid("At most 500 repositories.", "repository_ids");
  const all = repositoriesOf(call.site, installation);
  const chosen = new Set<number>();
  for (const id of ids) {
    if (id === null || !all.some((repository) => repository.id === id)) throw unavailable();
    chosen.add(id);
  }
  for (const name of names) {
    const repository = all.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (repository === undefined) throw unavailable();
    chosen.add(repository.id);
  }
  return chosen;
}

function unavailable(): Refusal {
  return new Refusal(
    422,
    "There is at least one repository that does not exist or is not accessible to the parent installation.",
  );
}

function grantedTo(call: Call, installation: Installation): Permissions {
  const asked = call.body["permissions"];
  if (!isObject(asked)) return installation.permissions;
  const ranks = { read: 1, write: 2, admin: 3 };
  const granted: Record<string, "read" | "write" | "admin"> = {};
  for (const [name, level] of Object.entries(asked)) {
    const has = installation.permissions[name];
    if (level !== "read" && level !== "write" && level !== "admin") throw invalid("No such level.", name);
    if (has === undefined || ranks[has] < ranks[level]) {
      throw new Refusal(422, "The permissions requested are not granted to this installation.");
    }
    granted[name] = level;
  }
  return granted;
}

function createToken(call: Call): Answer {
  requireApp(call);
  const installation = call.site.installations.get(idParameter(call, "installation_id"));
  if (installation === undefined) throw notFound();
  const repositories = narrowed(call, installation);
  const permissions = grantedTo(call, installation);
  const expiresAt = Date.now() + TOKEN_LIFE_MS;
  const token = `ghs_${randomBytes(18).toString("hex")}`;
  call.site.tokens.set(token, { token, installation, expiresAt, repositories, permissions });
  return {
    status: 201,
    body: {
      token,
      expires_at: dateOf(expiresAt),
      permissions,
      repository_selection: repositories === null && installation.repositories === null ? "all" : "selected",
      ...(repositories === null
        ? {}
        : {
            repositories: repositoriesOf(call.site, installation)
              .filter((repository) => repositories.has(repository.id))
              .map((repository) => renderRepository(call.site, repository)),
          }),
    },
  };
}

function getApp(call: Call): Answer {
  requireApp(call);
  return {
    status: 200,
    body: { ...renderApp(call.site, call.site.app), installations_count: call.site.installations.size },
  };
}

function listInstallations(call: Call): Answer {
  requireApp(call);
  return paged(call, [...call.site.installations.values()], (one) => renderInstallation(call.site, one));
}

function getInstallation(call: Call): Answer {
  requireApp(call);
  const installation = call.site.installations.get(idParameter(call, "installation_id"));
  if (installation === undefined) throw notFound();
  return { status: 200, body: renderInstallation(call.site, installation) };
}

function listAccessible(call: Call): Answer {
  const { caller } = call;
  if (caller.kind !== "installation") throw new Refusal(403, "Resource not accessible by integration");
  const narrowing = caller.token.repositories;
  const repositories = repositoriesOf(call.site, caller.installation).filter(
    (repository) => narrowing === null || narrowing.has(repository.id),
  );
  return pagedUnder(call, "repositories", repositories, (one) => renderRepository(call.site, one), {
    repository_selection: caller.installation.repositories === null ? "all" : "selected",
  });
}

export const appEndpoints: readonly Endpoint[] = [
  { route: "GET /app", answer: getApp },
  { route: "GET /app/installations", answer: listInstallations },
  { route: "GET /app/installations/{installation_id}", answer: getInstallation },
  { route: "POST /app/installations/{installation_id}/access_tokens", answer: createToken },
  { route: "GET /installation/repositories", permission: ["metadata", "read"], answer: listAccessible },
];
