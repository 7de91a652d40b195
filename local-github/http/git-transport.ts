import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { spawnGit } from "../git/process.ts";
import type { Account, Repository, Site } from "../site.ts";
import { mayRead, mayWrite } from "../roles.ts";
import { repositoryNamed } from "../site.ts";
import { watchRefs } from "../actions/pushes.ts";
import { authenticateGit } from "./authentication.ts";
import { tokenCovers } from "./call.ts";

/** What a git request was, for the log. */
export interface GitOutcome {
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

/** Serves fetches and pushes by `git http-backend` (https://git-scm.com/docs/git-http-backend). */
export async function serveGit(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<GitOutcome> {
  const [, owner = "", name = "", rest = ""] = PATH.exec(url.pathname) ?? [];
  const service = rest === "info/refs" ? url.searchParams.get("service") : rest;
  const repository = repositoryNamed(site, `${decodeURIComponent(owner)}/${decodeURIComponent(name)}`);
  const who = authenticateGit(site, request.headers.authorization, Date.now());
  const as =
    who === null
      ? "nobody"
      : who.kind === "app"
        ? `installation ${who.token.installation.id}`
        : who.account.login;
  const done = (status: number, bytesIn = 0, bytesOut = 0): GitOutcome => ({
    operation: service,
    status,
    as,
    bytesIn,
    bytesOut,
  });
  const refuse = (status: number, message: string): GitOutcome => {
    request.resume();
    response.writeHead(status, {
      "content-type": "text/plain",
      ...(status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {}),
    });
    response.end(`${message}\n`);
    return done(status);
  };

  const writes = service === "git-receive-pack";
  const visible =
    repository !== undefined &&
    (!repository.private ||
      (who?.kind === "app" && tokenCovers(who.token, repository) && "contents" in who.token.permissions) ||
      (who?.kind === "user" && mayRead(repository, who.account.login)));
  if (who === null && (writes || !visible)) return refuse(401, "Authentication required.");
  if (!visible) return refuse(404, "Repository not found.");
  if (service !== "git-upload-pack" && !writes) return refuse(403, "The dumb protocol is not spoken here.");
  if (writes) {
    if (who?.kind !== "user" || !mayWrite(repository, who.account.login)) {
      return refuse(403, `Permission to ${owner}/${name}.git denied to ${as}.`);
    }
    if (repository.archived) return refuse(403, "This repository was archived so it is read-only.");
    if (rest === "git-receive-pack") {
      const pusher = who.account;
      const counted = await watchRefs(site, repository, pusher, () =>
        runBackend(site, repository, rest, request, response, url, pusher),
      );
      return done(counted.status, counted.bytesIn, counted.bytesOut);
    }
  }
  const account = who?.kind === "user" ? who.account : null;
  const counted = await runBackend(site, repository, rest, request, response, url, account);
  return done(counted.status, counted.bytesIn, counted.bytesOut);
}

async function runBackend(
  site: Site,
  repository: Repository,
  rest: string,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  account: Account | null,
): Promise<{ status: number; bytesIn: number; bytesOut: number }> {
  const header = (name: string): string => String(request.headers[name] ?? "");
  const child = spawnGit(site.git, ["http-backend"], {
    GIT_PROJECT_ROOT: dirname(repository.path),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${repository.id}.git/${rest}`,
    REQUEST_METHOD: request.method ?? "GET",
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: header("content-type"),
    ...(request.headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: header("content-length") }),
    ...(request.headers["content-encoding"] === undefined
      ? {}
      : { HTTP_CONTENT_ENCODING: header("content-encoding") }),
    ...(request.headers["git-protocol"] === undefined ? {} : { GIT_PROTOCOL: header("git-protocol") }),
    ...(account === null ? {} : { REMOTE_USER: account.login }),
    REMOTE_ADDR: "127.0.0.1",
  });
  const closed = once(child, "close");
  const counted = { status: 200, bytesIn: 0, bytesOut: 0 };
  child.stdin.on("error", () => undefined);
  child.stderr.resume();
  request.on("data", (chunk: Buffer) => (counted.bytesIn += chunk.length));
  request.pipe(child.stdin);
  response.on("close", () => {
    if (!response.writableFinished) child.kill();
  });

  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on("data", (chunk: Buffer) => {
    let body = chunk;
    if (head !== null) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      counted.status = writeHead(response, head.subarray(0, end).toString("latin1"));
      body = head.subarray(end + 4);
      head = null;
    }
    counted.bytesOut += body.length;
    if (!response.write(body)) {
      child.stdout.pause();
      response.once("drain", () => child.stdout.resume());
    }
  });
  await closed;
  if (head !== null) {
    counted.status = 500;
    response.writeHead(500);
  }
  response.end();
  return counted;
}

function writeHead(response: ServerResponse, text: string): number {
  const headers: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const status = Number((headers["status"] ?? "200").split(" ")[0]);
  delete headers["status"];
  response.writeHead(status, headers);
  return status;
}
