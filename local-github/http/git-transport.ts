/**
 * Git over HTTP: finds the repository, checks who may fetch or push, and logs the request.
 * `git-backend.ts` does the transfer. The dumb protocol and SSH are not offered.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { watchRefs } from "../actions/pushes.ts";
import type { Fault } from "../site/faults.ts";
import { fullNameOf } from "../site/repository.ts";
import type { Repository } from "../site/repository.ts";
import { mayRead, mayWrite } from "../site/roles.ts";
import type { Site } from "../site/site.ts";
import { repositoryNamed } from "../site/site.ts";
import type { GitCaller } from "./authentication.ts";
import { authenticateGit } from "./authentication.ts";
import { tokenCovers } from "./call.ts";
import type { BackendResult, GitRequest } from "./git-backend.ts";
import { collectBackend, streamBackend } from "./git-backend.ts";
import { answerWithFault, needsAnswer } from "./meet-fault.ts";

/** A git request's entry in the request log. */
interface GitOutcome {
  readonly operation: string | null;
  readonly status: number;
  readonly as: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function isGitPath(path: string): boolean {
  return PATH.test(path);
}

/** Serves one fetch or push. `fault` spoils the answer, if it is one that needs it. */
export async function serveGit(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  fault: Fault | null,
): Promise<GitOutcome> {
  const [, owner = "", name = "", endpoint = ""] = PATH.exec(url.pathname) ?? [];
  const operation = endpoint === "info/refs" ? url.searchParams.get("service") : endpoint;
  const asked = `${decodeURIComponent(owner)}/${decodeURIComponent(name)}`;
  const repository = repositoryNamed(site, asked);
  const caller = authenticateGit(site, request.headers.authorization, Date.now());
  const as = describe(caller);
  const refused = refusal(repository, caller, operation, asked);
  if (refused !== null || repository === undefined) {
    const { status, message } = refused ?? { status: 404, message: "Repository not found." };
    request.resume();
    const challenge = status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
    response.writeHead(status, { "content-type": "text/plain", ...challenge });
    response.end(`${message}\n`);
    return { operation, status, as, bytesIn: 0, bytesOut: 0 };
  }
  if (fullNameOf(repository).toLowerCase() !== asked.toLowerCase()) {
    const status = request.method === "GET" ? 301 : 307;
    request.resume();
    const location = `${site.origin}/${fullNameOf(repository)}.git/${endpoint}${url.search}`;
    response.writeHead(status, { location }).end();
    return { operation, status, as, bytesIn: 0, bytesOut: 0 };
  }

  const account = caller.kind === "user" ? caller.account : null;
  const transfer = (): Promise<BackendResult> =>
    send(site, { repository, endpoint, account, url, request }, response, fault);
  const result =
    endpoint === "git-receive-pack" && account !== null
      ? await watchRefs(site, repository, account, transfer)
      : await transfer();
  return { operation, as, ...result };
}

async function send(
  site: Site,
  asked: GitRequest,
  response: ServerResponse,
  fault: Fault | null,
): Promise<BackendResult> {
  if (fault === null || !needsAnswer(fault)) return streamBackend(site, asked, response);
  const { reply, ...result } = await collectBackend(site, asked);
  const sent = await answerWithFault(fault, asked.request, response, reply);
  return { ...result, status: sent.status, bytesOut: sent.bytes };
}

function refusal(
  repository: Repository | undefined,
  caller: GitCaller,
  operation: string | null,
  asked: string,
): { readonly status: number; readonly message: string } | null {
  if (caller.kind === "invalid") return { status: 401, message: "Invalid username or token." };
  if (caller.kind === "app" && caller.token.installation.suspended !== null)
    return { status: 403, message: "This installation has been suspended" };

  const pushes = operation === "git-receive-pack";
  const visible = repository !== undefined && maySee(repository, caller);
  if (caller.kind === "nobody" && (pushes || !visible))
    return { status: 401, message: "Authentication required." };

  if (!visible) return { status: 404, message: "Repository not found." };
  if (operation !== "git-upload-pack" && !pushes)
    return { status: 403, message: "The dumb protocol is not supported." };

  if (!pushes) return null;
  if (caller.kind !== "user" || !mayWrite(repository, caller.account.login))
    return { status: 403, message: `Permission to ${asked}.git denied to ${describe(caller)}.` };

  if (repository.archived)
    return { status: 403, message: "This repository was archived so it is read-only." };

  return null;
}

function maySee(repository: Repository, caller: GitCaller): boolean {
  if (!repository.private) return true;
  if (caller.kind === "app")
    return tokenCovers(caller.token, repository) && "contents" in caller.token.permissions;

  return caller.kind === "user" && mayRead(repository, caller.account.login);
}

function describe(caller: GitCaller): string {
  if (caller.kind === "app") return `installation ${caller.token.installation.id}`;
  return caller.kind === "user" ? caller.account.login : "nobody";
}
