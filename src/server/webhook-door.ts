/**
 * The door for webhooks: strangers knock here too. A request is refused for its headers before anything of its body is read;
 * a body is read within a budget and hashed as it arrives, and only a signed one is put together, parsed and handed on.
 * Octokit's own middleware is not used: it answers 202 nine seconds after the headers, whatever happens to the body, and
 * GitHub counts that as delivered. Here a delivery is answered 2xx only once it is on disk, and 503
 * past the time limit.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { z } from "zod";
import { createBodyBudget } from "./body-budget.ts";
import type { BodyBudget, LaneOptions, Reservation } from "./body-budget.ts";
import { createRefusals } from "./refusals.ts";
import { SIGNATURE, webhookSecrets } from "./webhook-secrets.ts";
import type { SignatureCheck } from "./webhook-secrets.ts";

const MB = 1024 ** 2;

/** GitHub delivers no payload over 25 MB: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const MAX_BODY_BYTES = 25 * MB;

/** GitHub closes the connection after 10 seconds: https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks */
export const ANSWER_MS = 8000;

export const WEBHOOK_PATH = "/api/github/webhooks";

/** Takes what came through the door. */
export interface Receiver {
  /** Resolves when the delivery is on disk, or nothing is to be done about it. */
  receive(delivery: { id: string; name: string; payload: object }): Promise<void>;
}

export interface DoorLimits {
  /** From the headers of a request to its answer. */
  readonly answerMs: number;
  /** Room for bodies that are being read. */
  readonly lanes: readonly [LaneOptions, ...LaneOptions[]];
}

/** A large body is read in strides, 50 MB a second: hashing it must leave time for others. */
const STRIDE_BYTES = MB / 2;
const STRIDE_MS = 10;

/** Most deliveries have some ten kilobytes; of the largest one is read at a time. */
const LIMITS: DoorLimits = {
  answerMs: ANSWER_MS,
  lanes: [
    { maxBytes: MB / 4, roomBytes: 16 * MB, graceMs: 1000 },
    { maxBytes: 4 * MB, roomBytes: 16 * MB, graceMs: 2000 },
    { maxBytes: MAX_BODY_BYTES, roomBytes: 32 * MB, graceMs: 4000 },
  ],
};

export interface DoorOptions {
  readonly receiver: Receiver;
  /** Of the webhook: today's first, then former ones. */
  readonly secrets: readonly string[];
  readonly log: Logger;
  readonly limits?: DoorLimits;
}

/** @returns true if the request was for this path, and is answered */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const headersSchema = z.object({
  "content-length": z.string().regex(/^\d+$/).transform(Number),
  "content-type": z.string().regex(/^\s*application\/json\s*(?:;|$)/i),
  "x-github-event": z.string().regex(/^[\w.-]{1,100}$/),
  "x-github-delivery": z.string().regex(/^[\x21-\x7e]{1,100}$/),
  "x-hub-signature-256": z.string().regex(SIGNATURE),
});
type Headers = z.infer<typeof headersSchema>;

/** A request is refused for what it is; `reason` is for the log, and says nothing of its content. */
class RefusedRequestError extends Error {
  override readonly name = "RefusedRequestError";
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(`refused with ${status}: ${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

export function webhookDoor({ receiver, secrets, log, limits = LIMITS }: DoorOptions): Handler {
  const budget = createBodyBudget(limits.lanes);
  const refused = createRefusals(log);
  const checkOf = webhookSecrets(secrets);

  async function receive(
    request: IncomingMessage,
    response: ServerResponse,
    late: AbortSignal,
  ): Promise<200> {
    const headers = headersOf(request);
    const check = checkOf(headers["x-hub-signature-256"]);
    if (check === null) throw new RefusedRequestError(400, "no signature");
    const reservation = await reserve(budget, headers["content-length"], late);
    try {
      if (isExpectingContinue(request)) response.writeContinue();
      const body = await bodyOf(request, headers["content-length"], check, reservation, late);
      if (!check.isValid()) throw new RefusedRequestError(400, "wrong signature");
      reservation.keep();
      const payload = parsed(body);
      await receiver.receive({
        id: headers["x-github-delivery"],
        name: headers["x-github-event"],
        payload,
      });
      return 200;
    } finally {
      reservation.release();
    }
  }

  return async (request, response) => {
    if (request.url?.split("?")[0] !== WEBHOOK_PATH) return false;
    if (request.method !== "POST") {
      refused("method");
      answer(request, response, 405, { allow: "POST" });
      return true;
    }
    const late = new AbortController();
    const { promise: tooLate, resolve } = Promise.withResolvers<503>();
    const timer = setTimeout(() => {
      late.abort(new RefusedRequestError(503, "too slow"));
      resolve(503);
    }, limits.answerMs);
    const failed = (error: unknown): number => {
      if (error instanceof RefusedRequestError) refused(error.reason);
      return statusOf(error);
    };
    const status = await Promise.race([receive(request, response, late.signal).catch(failed), tooLate]);
    clearTimeout(timer);
    answer(request, response, status);
    return true;
  };
}

/** After a refusal nothing more is read, because a body may be endless. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  const unread = request.complete ? {} : { connection: "close" };
  response
    .writeHead(status, { "content-type": "text/plain", ...headers, ...unread })
    .end(status === 200 ? "ok\n" : "");
}

/** By the header that is missing or wrong. */
const REFUSALS: ReadonlyMap<PropertyKey | undefined, readonly [number, string]> = new Map([
  ["content-length", [411, "no content-length"]],
  ["content-type", [415, "no application/json"]],
  ["x-hub-signature-256", [400, "no signature"]],
]);

/** The signature can be verified only over the whole body, so everything else is checked before any of it is read. */
function headersOf(request: IncomingMessage): Headers {
  const headers = headersSchema.safeParse(request.headers);
  if (headers.success) {
    if (headers.data["content-length"] <= MAX_BODY_BYTES) return headers.data;
    throw new RefusedRequestError(413, "over 25 MB");
  }
  const [status, reason] = REFUSALS.get(headers.error.issues[0]?.path[0]) ?? [400, "no event or delivery id"];
  throw new RefusedRequestError(status, reason);
}

/** Waits for room. Nothing of the body is read meanwhile; what has arrived waits in the buffers of the connection. */
async function reserve(budget: BodyBudget, bytes: number, late: AbortSignal): Promise<Reservation> {
  return await budget.reserve(bytes, late);
}

function isExpectingContinue(request: IncomingMessage): boolean {
  return request.headers.expect?.toLowerCase() === "100-continue";
}

/** The body. Its memory is taken in one piece, which the system gets back as a whole. */
async function bodyOf(
  request: IncomingMessage,
  length: number,
  check: SignatureCheck,
  reservation: Reservation,
  late: AbortSignal,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const body = Buffer.allocUnsafeSlow(length);
  let bytes = 0;
  let stride = 0;
  const take = (chunk: Buffer): void => {
    bytes += chunk.copy(body, bytes);
    check.update(chunk);
    stride += chunk.length;
    if (stride < STRIDE_BYTES) return;
    stride = 0;
    request.pause();
    setTimeout(() => {
      if (request.listenerCount("data") > 0) request.resume();
    }, STRIDE_MS);
  };
  const giveWay = (): void => reject(new RefusedRequestError(503, "gave way to others"));
  const stop = (): void => reject(late.reason);
  const cut = (): void => reject(new RefusedRequestError(400, "incomplete body"));
  reservation.gaveWay.addEventListener("abort", giveWay, { once: true });
  late.addEventListener("abort", stop, { once: true });
  request.on("data", take);
  request.once("end", () => resolve(body.subarray(0, bytes)));
  request.once("error", cut);
  request.once("close", cut);
  if (late.aborted) stop();
  // It was cut off while it waited for room.
  if (request.destroyed && !request.complete) cut();
  try {
    return await promise;
  } catch (error) {
    request.off("data", take);
    request.pause();
    throw error;
  } finally {
    late.removeEventListener("abort", stop);
    reservation.gaveWay.removeEventListener("abort", giveWay);
  }
}

function parsed(body: Buffer): object {
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString("utf8"));
  } catch {
    throw new RefusedRequestError(400, "no JSON");
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload))
    throw new RefusedRequestError(400, "no JSON object");
  return payload;
}

/** The sender's mistakes are 4xx, everything else is 5xx and logged by the receiver. */
function statusOf(error: unknown): number {
  if (error instanceof RefusedRequestError) return error.status;
  return error instanceof Error && "retry" in error && error.retry === "soon" ? 503 : 500;
}
