/**
 * A stand-in for Stripe's API: `GET /v1/balance`, answered as Stripe answers by the state of the key. For tests and the
 * demo, so no real request is ever made. It keeps digests of the keys that it saw, never their text.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { errorBody, balanceBody } from "./bodies.ts";

/** `ip_restricted` and `restricted` work, but not for this request. */
export type KeyState = "active" | "expired" | "ip_restricted" | "restricted";

/** Answers that are not about the key. */
export type Fault =
  | "rate_limited"
  | "failed"
  | "firewall"
  | "captive_portal"
  | "redirect"
  | "hang"
  | "cut"
  | "huge"
  | "unauthorized_page"
  | "account_closed";

export interface StripeRequest {
  readonly method: string;
  readonly path: string;
  readonly userAgent: string;
  /** SHA-256 of the key. */
  readonly keyDigest: string | null;
}

export class LocalStripe {
  /** Every request so far, oldest first. */
  readonly requests: StripeRequest[] = [];
  /** Answers every request in its own way; null: by the state of the key. */
  fault: Fault | null = null;
  readonly #server: Server;
  readonly #keys = new Map<string, KeyState>();
  readonly #watchers = new Set<() => void>();

  constructor(server: Server) {
    this.#server = server;
    server.on("request", (request: IncomingMessage, response: ServerResponse) =>
      this.#answer(request, response),
    );
  }

  /** The base address of the API. */
  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** Creates a key, or changes what became of it. */
  setKey(key: string, state: KeyState): void {
    this.#keys.set(digestOf(key), state);
  }

  /** A key that nobody ever made. */
  forgetKey(key: string): void {
    this.#keys.delete(digestOf(key));
  }

  /** Requests about this key so far. */
  asked(key: string): number {
    return this.requests.filter(({ keyDigest }) => keyDigest === digestOf(key)).length;
  }

  /** Resolves when the condition holds. It is checked after each request. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = (): void => {
      if (condition()) resolve();
    };
    this.#watchers.add(watcher);
    await promise;
    this.#watchers.delete(watcher);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const key = keyIn(request.headers.authorization);
    const keyDigest = key === null ? null : digestOf(key);
    this.requests.push({
      method: request.method ?? "",
      path: request.url ?? "",
      userAgent: request.headers["user-agent"] ?? "",
      keyDigest,
    });
    if (this.fault === null) this.#answerByKey(request, response, key, keyDigest);
    else answerFault(this.fault, response, this.url);
    for (const watcher of this.#watchers) watcher();
  }

  #answerByKey(
    request: IncomingMessage,
    response: ServerResponse,
    key: string | null,
    keyDigest: string | null,
  ): void {
    if (key === null || keyDigest === null) return send(response, 401, errorBody("no_key"));
    const state = this.#keys.get(keyDigest);
    if (state === undefined) return send(response, 401, errorBody("invalid", key));
    if (state === "expired") return send(response, 401, errorBody("expired", key));
    if (state === "ip_restricted") return send(response, 401, errorBody("ip_restricted"));
    if (request.method !== "GET" || request.url !== "/v1/balance")
      return send(response, 404, errorBody("no_such_path"));
    if (state === "restricted") return send(response, 403, errorBody("restricted", key));
    return send(response, 200, balanceBody(!key.includes("_test_")));
  }
}

/** Starts Stripe's stand-in on a free port of this machine. */
export async function startLocalStripe(port = 0): Promise<LocalStripe> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return new LocalStripe(server);
}

function answerFault(fault: Fault, response: ServerResponse, url: string): void {
  const page = "<!doctype html><title>Network</title><p>Sign in to use this network.</p>";
  const html = { "content-type": "text/html" };
  switch (fault) {
    case "rate_limited":
      return send(response, 429, errorBody("rate_limited"));
    case "failed":
      return send(response, 500, errorBody("failed"));
    case "account_closed":
      return send(response, 403, errorBody("account_closed"));
    case "firewall":
      response.writeHead(403, html).end(page);
      return;
    case "unauthorized_page":
      response.writeHead(401, html).end(page);
      return;
    case "captive_portal":
      response.writeHead(200, html).end(page);
      return;
    case "redirect":
      response.writeHead(307, { location: `${url}/v1/elsewhere` }).end();
      return;
    case "huge":
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(`{"object":"${"x".repeat(200_000)}"}`);
      return;
    case "cut":
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write(balanceBody(true).slice(0, 20));
      response.destroy();
      return;
    case "hang":
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** The key of `Bearer KEY`, or of Basic authentication with the key as the name. */
function keyIn(authorization: string | undefined): string | null {
  const [scheme, value = ""] = (authorization ?? "").split(" ");
  if (scheme === "Bearer") return value === "" ? null : value;
  return scheme === "Basic" ? (Buffer.from(value, "base64").toString().split(":")[0] ?? null) : null;
}

function digestOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
