/**
 * Sends messages to the operator's webhook as Standard Webhooks describes: signed, with an id that stays the same over
 * retries. No redirect is followed, the answer's body is not read, and the address is in no error: it can hold a token.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Webhook as Signer } from "standardwebhooks";
import { guardedLookup, RefusedAddressError, refuseLiteral } from "./allowed-address.ts";
import type { Resolve } from "./allowed-address.ts";
import type { SigningSecret } from "./signing-secret.ts";

export interface WebhookOptions {
  readonly url: string;
  /** The message is signed with each of them, so a receiver can change from one to the next. */
  readonly secrets: readonly SigningSecret[];
  /** Whether the address may be in a private network. */
  readonly allowPrivate: boolean;
  /** For tests. */
  readonly resolve?: Resolve;
  /** Milliseconds for one message; default 10,000. */
  readonly timeoutMs?: number;
}

export interface Message {
  /** The same for each attempt at one message. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

export interface Webhook {
  /**
   * Sends one message once.
   *
   * @param at the time of this attempt, which the signature covers
   * @throws NotifyError
   */
  send(message: Message, at: Date): Promise<void>;
}

/** A message was not delivered. The queue tries again. */
export class NotifyError extends Error {
  override readonly name = "NotifyError";
  readonly code: "refused_address" | "unreachable" | "rejected";
  readonly retry = "soon";
  readonly retryAfterSeconds: number | null;

  constructor(
    code: NotifyError["code"],
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number | null } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

const TIMEOUT_MS = 10_000;
/** A receiver cannot make a message wait longer than this. */
const MAX_PAUSE_SECONDS = 3600;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** The operator's webhook. */
export function createWebhook(options: WebhookOptions): Webhook {
  const signers = options.secrets.map((secret) => new Signer(secret.reveal()));
  return {
    async send({ id, body }, at) {
      const { status, retryAfter } = await post(options, body, {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        "user-agent": "Rollcall",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": signers.map((signer) => signer.sign(id, at, body)).join(" "),
      });
      if (status >= 200 && status < 300) return;
      throw new NotifyError("rejected", `The webhook of NOTIFY_URL answered ${status}.`, {
        retryAfterSeconds: pauseOf(retryAfter),
      });
    },
  };
}

async function post(
  options: WebhookOptions,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { allowPrivate, resolve, timeoutMs = TIMEOUT_MS } = options;
  const url = new URL(options.url);
  const { promise, resolve: answered, reject } = Promise.withResolvers<Answer>();
  try {
    refuseLiteral(url.hostname, allowPrivate);
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    const request = send(url, {
      method: "POST",
      headers,
      // A connection of its own: one that is kept open was checked for an address that may have changed since.
      agent: false,
      lookup: guardedLookup(allowPrivate, resolve),
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.once("response", (response) => {
      answered({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] ?? null });
      response.destroy();
    });
    request.on("error", reject);
    request.end(body);
    return await promise;
  } catch (cause) {
    throw undelivered(cause);
  }
}

function undelivered(cause: unknown): NotifyError {
  if (cause instanceof RefusedAddressError) {
    return new NotifyError(
      "refused_address",
      "NOTIFY_URL leads into a private network. Set NOTIFY_ALLOW_PRIVATE=true if it should.",
      { cause },
    );
  }
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const reason = code === "ABORT_ERR" || code === "23" ? "no answer in time" : code;
  return new NotifyError("unreachable", `The webhook of NOTIFY_URL could not be reached (${reason}).`);
}

/** Seconds of `Retry-After`, where the receiver gives them as a number. */
function pauseOf(retryAfter: string | null): number | null {
  if (retryAfter === null || !/^\d{1,9}$/.test(retryAfter)) return null;
  return Math.min(Number(retryAfter), MAX_PAUSE_SECONDS);
}
