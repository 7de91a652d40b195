/**
 * What an endpoint gets and gives, and how it finds the repository it works on: who may see it, who may change it,
 * and the redirect from a former name.
 */
import type { JsonObject } from "../json.ts";
import type { Account } from "../site/account.ts";
import type { AppIdentity, Installation, InstallationToken } from "../site/installation.ts";
import { fullNameOf } from "../site/repository.ts";
import type { Repository } from "../site/repository.ts";
import { mayRead, roleOf } from "../site/roles.ts";
import type { Site } from "../site/site.ts";
import { covers, repositoryNamed } from "../site/site.ts";
import { Refusal, notFound } from "./refusal.ts";

/** Who sends a request. */
export type Caller =
  | { readonly kind: "app"; readonly app: AppIdentity }
  | { readonly kind: "installation"; readonly installation: Installation; readonly token: InstallationToken }
  | { readonly kind: "user"; readonly account: Account }
  | { readonly kind: "nobody" };

/** One REST request, routed and authenticated. */
export interface Call {
  readonly site: Site;
  readonly method: string;
  /** Path under `/api/v3`, without the query. */
  readonly path: string;
  /** The parameters in the route, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly caller: Caller;
}

export interface Answer {
  readonly status: number;
  /** Buffers are sent as they are, `undefined` as an empty body, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Endpoint {
  /** Method and path as the OpenAPI description writes them. */
  readonly route: string;
  /** The permission an installation needs, for example `["checks", "write"]`. */
  readonly permission?: readonly [name: string, level: "read" | "write"];
  answer(call: Call): Promise<Answer> | Answer;
}

/** Answers a GraphQL request, given its body. */
export type GraphqlAnswer = (site: Site, caller: Caller, body: unknown) => Promise<Answer>;

export function parameter(call: Call, name: string): string {
  return call.parameters[name] ?? "";
}

/** A number in the path; 404 for anything else. */
export function idParameter(call: Call, name: string): number {
  const text = parameter(call, name);
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

/** Refuses everyone but the app itself. */
export function requireApp(call: Call): void {
  if (call.caller.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
}

function mayCallerRead(call: Call, repository: Repository): boolean {
  const { caller } = call;
  switch (caller.kind) {
    case "installation":
      return !repository.private || tokenCovers(caller.token, repository);
    case "user":
      return mayRead(repository, caller.account.login);
    case "app":
    case "nobody":
      return !repository.private;
  }
}

export function tokenCovers(token: InstallationToken, repository: Repository): boolean {
  if (!covers(token.installation, repository)) return false;
  return token.repositories === null || token.repositories.has(repository.id);
}

/**
 * The repository in the path, if the caller may see it. A former name redirects to the id: 301 for GET, 307 for
 * everything else (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects).
 */
export function repositoryOf(call: Call): Repository {
  const name = `${parameter(call, "owner")}/${parameter(call, "repo")}`;
  const repository = repositoryNamed(call.site, name);
  if (repository === undefined || !mayCallerRead(call, repository)) throw notFound();
  if (fullNameOf(repository).toLowerCase() !== name.toLowerCase()) throw moved(call, repository);
  return repository;
}

function moved(call: Call, repository: Repository): Refusal {
  const rest = call.path.split("/").slice(4).join("/");
  const path = `/api/v3/repositories/${repository.id}${rest === "" ? "" : `/${rest}`}`;
  const query = call.query.size === 0 ? "" : `?${call.query.toString()}`;
  const url = call.site.origin + path + query;
  const [status, message] =
    call.method === "GET" ? ([301, "Moved Permanently"] as const) : ([307, "Temporary Redirect"] as const);
  return new Refusal(status, message, { body: { url }, headers: { location: url } });
}

/** Like `repositoryOf`, for a change: the installation must cover the repository, and it must not be archived. */
export function writableRepositoryOf(call: Call): Repository {
  const repository = repositoryOf(call);
  const { caller } = call;
  if (caller.kind === "nobody") throw new Refusal(401, "Requires authentication");
  if (caller.kind === "app") throw new Refusal(403, "Resource not accessible by integration");
  if (caller.kind === "installation" && !tokenCovers(caller.token, repository))
    throw new Refusal(403, "Resource not accessible by integration");

  if (caller.kind === "user" && roleOf(repository, caller.account.login).base === "none") throw notFound();
  if (repository.archived) throw new Refusal(403, "Repository was archived so is read-only.");
  return repository;
}

/** The account that makes the change: the person, or the app's bot. */
export function actorOf(call: Call): Account {
  const { caller } = call;
  return caller.kind === "user" ? caller.account : call.site.app.bot;
}
