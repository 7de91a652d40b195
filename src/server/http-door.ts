/**
 * The HTTP server before everything that this process answers. Connections and the time for headers and bodies are bounded;
 * when there are too many connections, one that waits for nothing makes room for the next, so a crowd of idle ones does not
 * keep GitHub out. An error is logged, never told to the client.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { protectAnswer } from "./headers.ts";

export interface HttpDoorLimits {
  readonly maxConnections: number;
  /** From the first byte of a request, or from the start of the connection, to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the body. */
  readonly requestMs: number;
  /**
   * Of a connection between two requests. Longer than the 60 seconds that proxies and load balancers keep theirs: otherwise
   * they would send a delivery into a connection that is just being closed.
   */
  readonly idleMs: number;
}

const LIMITS: HttpDoorLimits = {
  maxConnections: 1000,
  headersMs: 5000,
  requestMs: 10_000,
  idleMs: 65_000,
};

/** How often the time limits are checked; Node's default is 30 seconds. */
const CHECK_MS = 1000;

/** GitHub sends 15, a proxy adds a few. More are dropped. */
const MAX_HEADERS = 100;

/** Bytes of a body that are read ahead on each connection before anyone asks for them. */
const READ_AHEAD = 16_384;

/** Connections that the system keeps until they are accepted; it drops more, and they try again after a second or three. */
const BACKLOG = 4096;

/** Of an address or an id from outside, what the log shows. */
const SHOWN = 200;

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface HttpDoorOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  /** Asked one after the other, until one has answered; 404 if none does. */
  readonly handlers: readonly Handler[];
  /** Told of every request before it is answered. */
  readonly onRequest?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly limits?: Partial<HttpDoorLimits>;
}

export interface HttpDoor {
  readonly port: number;
  /** Takes no more requests, answers those already read for so long, then closes every connection. */
  stop(ms: number): Promise<void>;
}

/** Listens. @throws the error of the system if the port is taken or the address is not of this machine */
export async function openHttpDoor(options: HttpDoorOptions): Promise<HttpDoor> {
  const { host, port, handlers } = options;
  const limits = { ...LIMITS, ...options.limits };
  const log = options.log.child({ name: "http" });
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: CHECK_MS,
    highWaterMark: READ_AHEAD,
  });
  server.maxHeadersCount = MAX_HEADERS;
  const connections = boundConnections(server, limits.maxConnections);
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    connections.begin(request.socket);
    protectAnswer(request, response);
    options.onRequest?.(request, response);
    logAnswer(log, request, response);
    response.once("close", () => connections.end(request.socket));
    void answer(handlers, request, response, log);
  };
  server.on("request", take);
  // Without it Node would invite the body of every request, also of those that are refused for their headers.
  server.on("checkContinue", take);
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port, backlog: BACKLOG }, resolve);
  await listening;
  server.off("error", reject);
  server.on("error", (err) => log.error({ err }, "the web server failed"));
  return {
    port: addressOf(server).port,
    async stop(ms) {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeIdleConnections();
      await Promise.race([closed, wait(ms, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address;
  throw new TypeError("The web server listens on no port.");
}

/** `/ping`: the web server answers. */
export const ping: Handler = async (request, response) => {
  if (request.method !== "GET" || request.url?.split("?")[0] !== "/ping") return false;
  response.writeHead(200, { "content-type": "text/plain" }).end("PONG");
  return true;
};

async function answer(
  handlers: readonly Handler[],
  request: IncomingMessage,
  response: ServerResponse,
  log: Logger,
): Promise<void> {
  try {
    for (const handler of handlers) if (await handler(request, response)) return;
    response.writeHead(404, request.complete ? {} : { connection: "close" }).end();
  } catch (error) {
    log.error({ err: error }, "could not answer a request");
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { connection: "close" }).end();
  }
}

/** One line for each request, with GitHub's id of the delivery; at `debug`, because GitHub lists its deliveries too. */
function logAnswer(log: Logger, request: IncomingMessage, response: ServerResponse): void {
  const begun = performance.now();
  const { method = "", url = "" } = request;
  const delivery = request.headers["x-github-delivery"];
  const id = typeof delivery === "string" ? delivery.slice(0, SHOWN) : randomUUID();
  response.once("close", () => {
    const ms = Math.round(performance.now() - begun);
    const path = url.split("?")[0]?.slice(0, SHOWN) ?? "";
    const { statusCode, writableFinished } = response;
    log.debug(
      { req: { id, method, path }, res: { statusCode, whole: writableFinished }, ms },
      `${method} ${path} ${statusCode}`,
    );
  });
}

/** Closes a connection for each one over the bound: the one that has been idle for longest, else the oldest. */
function boundConnections(
  server: Server,
  max: number,
): { begin(socket: Socket): void; end(socket: Socket): void } {
  /** Those without a request first in the order in which they became idle. */
  const idle = new Set<Socket>();
  const busy = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    socket.once("close", () => {
      idle.delete(socket);
      busy.delete(socket);
    });
    idle.add(socket);
    if (idle.size + busy.size <= max) return;
    const [oldest] = idle.size > 1 ? idle : busy;
    (oldest ?? socket).destroy();
  });
  return {
    begin(socket) {
      if (idle.delete(socket)) busy.add(socket);
    },
    end(socket) {
      if (busy.delete(socket)) idle.add(socket);
    },
  };
}
