/**
 * Runs `git http-backend` (https://git-scm.com/docs/git-http-backend) as a CGI program: request in, answer out.
 * Who may fetch or push is decided before, in `git-transport.ts`.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { spawnGit } from "../git/process.ts";
import type { Account } from "../site/account.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import type { Reply } from "./meet-fault.ts";

/** One git request whose caller is known. */
export interface GitRequest {
  readonly repository: Repository;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  readonly endpoint: string;
  /** Null for the app and for anonymous callers. */
  readonly account: Account | null;
  readonly url: URL;
  readonly request: IncomingMessage;
}

/** Where the answer goes: a client, or memory. */
interface Sink {
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** False asks the sender to wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(resume: () => void): void;
}

export interface BackendResult {
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Answers the client while git runs; git is killed if the client goes away. */
export async function streamBackend(
  site: Site,
  asked: GitRequest,
  response: ServerResponse,
): Promise<BackendResult> {
  const sink: Sink = {
    head: (status, headers) => response.writeHead(status, headers),
    write: (chunk) => response.write(chunk),
    onDrain: (resume) => response.once("drain", resume),
  };
  const result = await runBackend(site, asked, sink, (kill) => {
    response.on("close", () => {
      if (!response.writableFinished) kill();
    });
  });
  response.end();
  return result;
}

/** Runs git to its end and returns the answer, sending nothing. */
export async function collectBackend(
  site: Site,
  asked: GitRequest,
): Promise<BackendResult & { readonly reply: Reply }> {
  const chunks: Buffer[] = [];
  let head: Pick<Reply, "status" | "headers"> = { status: 500, headers: {} };
  const sink: Sink = {
    head: (status, headers) => {
      head = { status, headers };
    },
    write: (chunk) => chunks.push(Buffer.from(chunk)) > 0,
    onDrain: (resume) => resume(),
  };
  const result = await runBackend(site, asked, sink, () => undefined);
  return { ...result, reply: { ...head, bytes: Buffer.concat(chunks) } };
}

async function runBackend(
  site: Site,
  asked: GitRequest,
  sink: Sink,
  onStart: (kill: () => void) => void,
): Promise<BackendResult> {
  const { request } = asked;
  const child = spawnGit(site.git, ["http-backend"], cgiEnvironment(asked));
  const closed = once(child, "close");
  const counted = { status: 500, bytesIn: 0, bytesOut: 0 };
  child.stdin.on("error", () => undefined);
  child.stderr.resume();
  request.on("data", (chunk: Buffer) => (counted.bytesIn += chunk.length));
  request.pipe(child.stdin);
  onStart(() => child.kill());

  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on("data", (chunk: Buffer) => {
    let body = chunk;
    if (head !== null) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const { status, headers } = parseHead(head.subarray(0, end).toString("latin1"));
      counted.status = status;
      sink.head(status, headers);
      body = head.subarray(end + 4);
      head = null;
    }
    counted.bytesOut += body.length;
    if (!sink.write(body)) {
      child.stdout.pause();
      sink.onDrain(() => child.stdout.resume());
    }
  });
  await closed;
  if (head !== null) sink.head(500, {});
  return counted;
}

function cgiEnvironment({ repository, endpoint, account, url, request }: GitRequest): Record<string, string> {
  const header = (name: string, as: string): Record<string, string> => {
    const value = request.headers[name];
    return value === undefined ? {} : { [as]: String(value) };
  };
  return {
    GIT_PROJECT_ROOT: dirname(repository.path),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${repository.id}.git/${endpoint}`,
    REQUEST_METHOD: request.method ?? "GET",
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: "",
    ...header("content-type", "CONTENT_TYPE"),
    ...header("content-length", "CONTENT_LENGTH"),
    ...header("content-encoding", "HTTP_CONTENT_ENCODING"),
    ...header("git-protocol", "GIT_PROTOCOL"),
    ...(account === null ? {} : { REMOTE_USER: account.login }),
    REMOTE_ADDR: "127.0.0.1",
  };
}

/** CGI puts the status among the headers. */
function parseHead(text: string): Pick<Reply, "status" | "headers"> {
  const headers: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const status = Number((headers["status"] ?? "200").split(" ")[0]);
  delete headers["status"];
  return { status, headers };
}
