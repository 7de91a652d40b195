/**
 * The server for monitoring, on a port of its own: `/healthz`, `/readyz` and `/metrics`. It runs from before the database
 * opens until after it closes. What it says of health names nothing, so a probe needs no token; the metrics do.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { protectAnswer } from "../headers.ts";
import type { MonitorEnvironment } from "../environment.ts";
import type { Readiness } from "./readiness.ts";

export interface MonitorParts {
  readonly ready: () => Promise<Readiness>;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  readonly log: Logger;
}

export interface MonitorServer {
  /** Null: the port was taken, and the operator had not chosen it. */
  readonly port: number | null;
  stop(): Promise<void>;
}

/** Prometheus and a few probes: more at once are not theirs. */
const MAX_CONNECTIONS = 50;
const REQUEST_MS = 5000;
const STOP_MS = 1000;

/** @throws Error if the address cannot be used and the operator chose it */
export async function startMonitor(
  environment: MonitorEnvironment,
  parts: MonitorParts,
): Promise<MonitorServer> {
  const { host, port, isChosen, token } = environment;
  const { log } = parts;
  const guard = guardOf(token);
  const server = createServer((request, response) => {
    protectAnswer(request, response);
    answer(request, response, parts, guard).catch((error: unknown) => {
      log.warn({ err: error }, "could not answer a request for monitoring");
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = REQUEST_MS;
  server.requestTimeout = REQUEST_MS;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    if (isChosen) throw new MonitorPortError(host, port, error);
    log.warn(
      { port },
      "the port for monitoring is taken: set MONITOR_PORT for /healthz, /readyz and /metrics",
    );
    return { port: null, stop: async () => {} };
  }
  const address = server.address();
  const listening = typeof address === "object" && address !== null ? address.port : port;
  log.info({ host, port: listening }, "monitoring is served");
  return { port: listening, stop: () => stopServer(server) };
}

/** The address for monitoring cannot be used. */
export class MonitorPortError extends Error {
  override readonly name = "MonitorPortError";

  constructor(host: string, port: number, cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    super(`Cannot listen on ${host}:${port} for monitoring (${code}). Change MONITOR_PORT or MONITOR_HOST.`, {
      cause,
    });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { ready, metrics }: MonitorParts,
  mayRead: (request: IncomingMessage) => boolean,
): Promise<void> {
  const say = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void =>
    void response
      .writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers })
      .end(request.method === "HEAD" ? undefined : text);
  if (request.method !== "GET" && request.method !== "HEAD") {
    say(405, "Only GET.\n", { allow: "GET, HEAD", connection: "close" });
    return;
  }
  const [path = ""] = request.url?.split("?") ?? [];
  switch (path) {
    case "/healthz":
      // That this is answered shows that the process lives and its event loop turns.
      say(200, "ok\n");
      return;
    case "/readyz": {
      const { problem } = await ready();
      say(problem === null ? 200 : 503, problem === null ? "ok\n" : `${problem}\n`);
      return;
    }
    case "/metrics": {
      if (!mayRead(request)) {
        say(401, "Send MONITOR_TOKEN as a bearer token.\n", { "www-authenticate": "Bearer" });
        return;
      }
      const { type, text } = await metrics();
      say(200, text, { "content-type": type });
      return;
    }
    default:
      say(404, "There are /healthz, /readyz and /metrics.\n");
  }
}

/** Compares digests, whose length tells nothing of the token, in a time that does not depend on where they differ. */
function guardOf(token: string | null): (request: IncomingMessage) => boolean {
  if (token === null) return () => true;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const wanted = digest(token);
  return ({ headers }) => {
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
    return given !== undefined && timingSafeEqual(digest(given), wanted);
  };
}

async function stopServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await Promise.race([closed, wait(STOP_MS, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
}
