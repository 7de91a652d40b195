import type { Account, AppIdentity, Installation, InstallationToken, Repository, Site } from "../site.ts";
import { mayRead, roleOf } from "../roles.ts";
import { repositoryNamed } from "../site.ts";
import type { JsonObject } from "../json.ts";
import type { GitAt } from "../git/history.ts";
import { Refusal, notFound } from "./refusal.ts";

/** As whom a request comes. */
export type Caller =
  | { readonly kind: "app"; readonly app: AppIdentity }
  | { readonly kind: "installation"; readonly installation: Installation; readonly token: InstallationToken }
  | { readonly kind: "user"; readonly account: Account }
  | { readonly kind: "nobody" };

/** One REST request, routed and authorized. */
export interface Call {
  readonly site: Site;
  readonly method: string;
  /** Path under `/api/v3`, without the query. */
  readonly path: string;
  /** The parts of the path that the route names, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly caller: Caller;
}

export interface Answer {
  readonly status: number;
  /** Bytes go out as they are, `undefined` as no body, all else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Endpoint {
  /** Method and path as the OpenAPI description writes them. */
  readonly route: string;
  /** What the installation must have been granted, as in `checks: write`. */
  readonly permission?: readonly [name: string, level: "read" | "write"];
  answer(call: Call): Promise<Answer> | Answer;
}

export function parameter(call: Call, name: string): string {
  return call.parameters[name] ?? "";
}

/** A number in the path; 404 where it is none. */
export function idParameter(call: Call, name: string): number {
  const text = parameter(call, name);
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

function mayCallerRead(call: Call, repository: Repository): boolean {
  const { caller } = call;
  switch (caller.kind) {
    case "installation": {
      if (!repository.private) return true;
      return tokenCovers(caller.token, repository);
    }
    case "user":
      return mayRead(repository, caller.account.login);
    case "app":
    case "nobody":
      return !repository.private;
  }
}

export function tokenCovers(token: InstallationToken, repository: Repository): boolean {
  const { installation } = token;
  if (installation.account.id !== repository.owner.id) return false;
  if (installation.repositories !== null && !installation.repositories.has(repository.id)) return false;
  return token.repositories === null || token.repositories.has(repository.id);
}

/** The repository that the path names, if the caller may see it; a former name answers 301 to its id. */
export function repositoryOf(call: Call): Repository {
  const name = `${parameter(call, "owner")}/${parameter(call, "repo")}`;
  const repository = repositoryNamed(call.site, name);
  if (repository === undefined || !mayCallerRead(call, repository)) throw notFound();
  if (`${repository.owner.login}/${repository.name}`.toLowerCase() !== name.toLowerCase()) {
    const rest = call.path.split("/").slice(4).join("/");
    const url = `${call.site.origin}/api/v3/repositories/${repository.id}${rest === "" ? "" : `/${rest}`}`;
    const query = call.query.size === 0 ? "" : `?${call.query.toString()}`;
    throw new Refusal(301, "Moved Permanently", {
      body: { url: url + query },
      headers: { location: url + query },
    });
  }
  return repository;
}

/** As `repositoryOf`, for a change: the installation must cover it, and it must not be archived. */
export function writableRepositoryOf(call: Call): Repository {
  const repository = repositoryOf(call);
  const { caller } = call;
  if (caller.kind === "nobody") throw new Refusal(401, "Requires authentication");
  if (caller.kind === "app") throw new Refusal(403, "Resource not accessible by integration");
  if (caller.kind === "installation" && !tokenCovers(caller.token, repository)) {
    throw new Refusal(403, "Resource not accessible by integration");
  }
  if (caller.kind === "user" && roleOf(repository, caller.account.login).base === "none") throw notFound();
  if (repository.archived) throw new Refusal(403, "Repository was archived so is read-only.");
  return repository;
}

/** The account in whose name the caller acts. */
export function actorOf(call: Call): Account {
  const { caller } = call;
  if (caller.kind === "user") return caller.account;
  return call.site.app.bot;
}

export function gitAt(site: Site, repository: Repository): GitAt {
  return { configuration: site.git, path: repository.path };
}
