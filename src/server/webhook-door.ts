/**
 * The door for webhooks. Octokit verifies and dispatches a delivery; reading it is done here, because Octokit's own
 * middleware answers 202 nine seconds after the headers, whatever happens to the body, and GitHub counts that as delivered.
 * Here a delivery is answered 2xx only once it is on disk, and 503 past the time limit.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { Probot } from "probot";
import { z } from "zod";

/** GitHub delivers no payload over 25 MB: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const MAX_BODY_BYTES = 25 * 1024 ** 2;

/** GitHub closes the connection after 10 seconds: https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks */
export const ANSWER_MS = 8000;

export const WEBHOOK_PATH = "/api/github/webhooks";

/** The part of Octokit's webhooks that the door needs. */
export interface Receiver {
  verifyAndReceive(delivery: { id: string; name: string; payload: string; signature: string }): Promise<void>;
}

export interface DoorLimits {
  /** From the headers of a request to its answer. */
  readonly answerMs: number;
  /** Of all requests that are being read: until the signature is checked, anyone may send. */
  readonly maxBufferedBytes: number;
}

const LIMITS: DoorLimits = { answerMs: ANSWER_MS, maxBufferedBytes: 10 * MAX_BODY_BYTES };

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const headersSchema = z.object({
  "content-length": z.string().regex(/^\d+$/).transform(Number),
  "content-type": z.string().regex(/^application\/json(?:\s*;|$)/),
  "x-github-event": z.string().min(1),
  "x-github-delivery": z.string().min(1),
  "x-hub-signature-256": z.string().min(1),
});
type Headers = z.infer<typeof headersSchema>;

/** Status of the answer to a request that is refused for what it is. */
class RefusedRequestError extends Error {
  override readonly name = "RefusedRequestError";
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/**
 * @returns true if the request was for this path, and is answered
 */
export function webhookDoor(receiver: Receiver, log: Logger, limits: DoorLimits = LIMITS): Handler {
  const buffered = { bytes: 0, max: limits.maxBufferedBytes };
  return async (request, response) => {
    if (request.url?.split("?")[0] !== WEBHOOK_PATH || request.method !== "POST") return false;
    const status = await Promise.race([
      receive(request, receiver, buffered).catch((error: unknown) => statusOf(error, log)),
      wait(limits.answerMs, 503, { ref: false }),
    ]);
    // After a refusal nothing more is read, because a body may be endless.
    const unread = request.complete ? {} : { connection: "close" };
    response.writeHead(status, { "content-type": "text/plain", ...unread }).end(status === 200 ? "ok\n" : "");
    return true;
  };
}

async function receive(request: IncomingMessage, receiver: Receiver, buffered: Buffered): Promise<200> {
  const headers = headersOf(request);
  const payload = await bodyOf(request, headers["content-length"], buffered);
  await receiver.verifyAndReceive({
    id: headers["x-github-delivery"],
    name: headers["x-github-event"],
    payload,
    signature: headers["x-hub-signature-256"],
  });
  return 200;
}

/** The signature can be verified only over the whole body, so its length is checked before any of it is read. */
function headersOf(request: IncomingMessage): Headers {
  const headers = headersSchema.safeParse(request.headers);
  if (headers.success && headers.data["content-length"] <= MAX_BODY_BYTES) return headers.data;
  const wrong = headers.error?.issues[0]?.path[0] ?? "content-length";
  throw new RefusedRequestError(wrong === "content-length" ? 413 : wrong === "content-type" ? 415 : 400);
}

/** Bytes of all bodies that are being read. */
interface Buffered {
  bytes: number;
  readonly max: number;
}

async function bodyOf(request: IncomingMessage, length: number, buffered: Buffered): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    buffered.bytes += chunk.length;
    if (buffered.bytes > buffered.max) reject(new RefusedRequestError(503));
  });
  request.once("end", () => resolve(Buffer.concat(chunks, length).toString("utf8")));
  request.once("error", () => reject(new RefusedRequestError(400)));
  request.once("close", () => reject(new RefusedRequestError(400)));
  try {
    return await promise;
  } finally {
    buffered.bytes -= bytes;
    if (!request.complete) request.removeAllListeners("data").resume();
  }
}

/**
 * The sender's mistakes are 4xx, everything else is 5xx. Octokit collects the errors of a delivery in an
 * AggregateError and gives a status to those of the sender.
 */
function statusOf(error: unknown, log: Logger): number {
  if (error instanceof RefusedRequestError) return error.status;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof Error && "status" in first && first.status === 400) return 400;
  // Probot has logged it with the event.
  log.debug({ err: first }, "could not store a delivery");
  return first instanceof Error && "retry" in first && first.retry === "soon" ? 503 : 500;
}

/** Probot behind that door. */
export class BehindWebhookDoor extends Probot {
  override async getNodeMiddleware() {
    await this.ready();
    return webhookDoor(this.webhooks, this.log);
  }
}

/** Probot of a process that takes no webhooks. */
export class WithoutWebhooks extends Probot {
  override async getNodeMiddleware() {
    await this.ready();
    return async () => false;
  }
}
