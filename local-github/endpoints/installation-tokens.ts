import { randomBytes } from "node:crypto";
import { dateOf } from "../git/commit.ts";
import { suspended } from "../http/authentication.ts";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { idParameter, requireApp } from "../http/call.ts";
import { Refusal, invalid, notFound } from "../http/refusal.ts";
import { isObject, listOf, numberOf, textsOf } from "../json.ts";
import { renderRepository } from "../render/repository.ts";
import type { Installation, Permissions } from "../site/installation.ts";
import { coveredBy } from "../site/site.ts";

/** GitHub's installation tokens live one hour. */
const TOKEN_LIFE_MS = 3_600_000;

/** Ids of the repositories that the request limits the token to; null for no limit. */
function selectedBy(call: Call, installation: Installation): ReadonlySet<number> | null {
  const ids = listOf(call.body["repository_ids"]).map(numberOf);
  const names = textsOf(call.body["repositories"]);
  if (ids.length === 0 && names.length === 0) return null;
  if (ids.length + names.length > 500) throw invalid("At most 500 repositories.", "repository_ids");
  const all = coveredBy(call.site, installation);
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

/** The permissions of the token: those asked for, or all that the installation has. */
function grantedTo(call: Call, installation: Installation): Permissions {
  const asked = call.body["permissions"];
  if (!isObject(asked)) return installation.permissions;
  const ranks = { read: 1, write: 2, admin: 3 };
  const granted: Record<string, "read" | "write" | "admin"> = {};
  for (const [name, level] of Object.entries(asked)) {
    const has = installation.permissions[name];
    if (level !== "read" && level !== "write" && level !== "admin") throw invalid("No such level.", name);
    if (has === undefined || ranks[has] < ranks[level])
      throw new Refusal(422, "The permissions requested are not granted to this installation.");

    granted[name] = level;
  }
  return granted;
}

function createToken(call: Call): Answer {
  requireApp(call);
  const installation = call.site.installations.get(idParameter(call, "installation_id"));
  if (installation === undefined) throw notFound();
  if (installation.suspended !== null) throw suspended();
  const repositories = selectedBy(call, installation);
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
            repositories: coveredBy(call.site, installation)
              .filter((repository) => repositories.has(repository.id))
              .map((repository) => renderRepository(call.site, repository)),
          }),
    },
  };
}

/** Revokes the token that the request is sent with. */
function revokeToken(call: Call): Answer {
  const { caller } = call;
  if (caller.kind !== "installation") throw new Refusal(403, "Resource not accessible by integration");
  call.site.tokens.delete(caller.token.token);
  return { status: 204 };
}

export const installationTokenEndpoints: readonly Endpoint[] = [
  { route: "POST /app/installations/{installation_id}/access_tokens", answer: createToken },
  { route: "DELETE /installation/token", answer: revokeToken },
];
