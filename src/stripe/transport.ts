/**
 * One GET request with a key. Node's own client and its own support for proxies, because neither follows a redirect, keeps
 * a cookie, nor retries: the key goes to the one host that was meant, once.
 */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Secret } from "../domain/index.ts";

/** Of the environment: names as programs usually read them, in either case. */
export type ProxySettings = Readonly<Record<string, string | undefined>>;

export interface RawAnswer {
  readonly status: number;
  /** Null: too large to be an answer of Stripe. */
  readonly body: string | null;
}

/** Shown in the request log of the Stripe account, so its owner can tell who asked. */
export const USER_AGENT = "Rollcall (GitHub App; asks whether a leaked key still works)";

/** A balance takes less than 2 KB, an error less than 1 KB. */
const MAX_BODY_BYTES = 64 * 1024;

/** @returns asks with a key; null where no whole answer came in time */
export function createTransport(
  url: URL,
  proxy: ProxySettings,
  timeoutMs: number,
): (key: Secret) => Promise<RawAnswer | null> {
  const { HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy } = proxy;
  const proxyEnv = { HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy };
  const isHttps = url.protocol === "https:";
  // No connection is kept: there are few requests, and a kept one could belong to another proxy's session.
  const agent = isHttps ? new HttpsAgent({ proxyEnv, rejectUnauthorized: true }) : new HttpAgent();
  const request = isHttps ? httpsRequest : httpRequest;

  return (key) => {
    const { promise, resolve } = Promise.withResolvers<RawAnswer | null>();
    const sent = request(url, {
      agent,
      method: "GET",
      // Of a silent connection, also to the proxy; the timer below is of the whole.
      timeout: timeoutMs,
      headers: {
        accept: "application/json",
        "user-agent": USER_AGENT,
        authorization: `Bearer ${key.reveal()}`,
      },
    });
    const timer = setTimeout(() => {
      resolve(null);
      sent.destroy();
    }, timeoutMs);
    // The error itself is dropped: it may hold the request.
    sent.on("error", () => resolve(null));
    sent.on("response", (response) => {
      void readBody(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body }),
        () => resolve(null),
      );
    });
    sent.end();
    return promise.finally(() => clearTimeout(timer));
  };
}

async function readBody(response: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      response.destroy();
      return null;
    }
    chunks.push(chunk);
  }
  // A cut answer ends the loop as a whole one does.
  return response.complete ? Buffer.concat(chunks).toString("utf8") : null;
}
