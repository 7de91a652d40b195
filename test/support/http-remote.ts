/**
 * Serves bare repositories over HTTP with `git http-backend`, for tests of what git sends: it records requests, can demand
 * authorization, redirect, or hang until git is killed.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { GIT_TEST_ENV } from "./git-history.ts";

export interface HttpRemote {
  /** URL under which the folder `remote.git` of the root is served. */
  readonly url: string;
  /** Method and path of each request. */
  readonly requests: readonly string[];
  /** Authorization header of each request. */
  readonly authorizations: readonly (string | undefined)[];
  /** Arguments of all git processes of the machine at the time of each request. */
  readonly seenArguments: readonly string[];
  /** Settles when a client broke a request off. */
  readonly brokenOff: Promise<void>;
  close(): Promise<void>;
}

export interface HttpRemoteOptions {
  /** What `Authorization` has to be; otherwise 401. */
  readonly authorization?: string;
  /** Sends no more than so many bytes of an answer, and does not end it. */
  readonly stallsAfter?: number;
  /** Never answers. */
  readonly hangs?: boolean;
  /** Sends every request there. */
  readonly redirectTo?: string;
  /** What goes wrong with a request, by its place in the order; null where it is served. */
  readonly fault?: (index: number) => HttpFault | null;
}

/** An answer in place of the repository's, or a connection that is cut before one. */
export type HttpFault = "reset" | { readonly status: number; readonly text: string };

/** Serves bare repositories below `root` with `git http-backend`. */
export async function httpRemote(root: string, options: HttpRemoteOptions = {}): Promise<HttpRemote> {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const seenArguments: string[] = [];
  const { promise: brokenOff, resolve: breakOff } = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    const fault = options.fault?.(requests.length) ?? null;
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    authorizations.push(request.headers.authorization);
    seenArguments.push(argumentsOfGit());
    response.on("close", () => {
      if (!response.writableFinished) breakOff(undefined);
    });
    if (options.hangs === true) return;
    if (fault === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault !== null) {
      response.writeHead(fault.status, { "content-type": "text/plain" }).end(fault.text);
      return;
    }
    if (options.redirectTo !== undefined)
      response.writeHead(301, { location: `${options.redirectTo}${request.url ?? ""}` }).end();
    else if (options.authorization !== undefined && request.headers.authorization !== options.authorization)
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
    else serve(root, request, response, options.stallsAfter ?? Number.POSITIVE_INFINITY);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/remote.git`,
    requests,
    authorizations,
    seenArguments,
    brokenOff,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** The CGI of `git http-backend` (git-http-backend, "Environment"). */
function serve(root: string, request: IncomingMessage, response: ServerResponse, limit: number): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const backend = spawn("git", ["http-backend"], {
    env: {
      ...GIT_TEST_ENV,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(backend.stdin);
  backend.stdin.on("error", () => response.destroy());
  let head = Buffer.alloc(0);
  let headIsDone = false;
  let sent = 0;
  backend.stdout.on("data", (chunk: Buffer) => {
    if (headIsDone) {
      if (sent < limit) response.write(chunk);
      sent += chunk.length;
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    headIsDone = true;
    for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
      const [name = "", value = ""] = line.split(": ");
      if (name === "Status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
  });
  backend.stdout.on("end", () => {
    if (sent < limit) response.end();
  });
}

/** What any user of the machine can see of git's processes (Linux). */
function argumentsOfGit(): string {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes("git"))
    .join("\n");
}
