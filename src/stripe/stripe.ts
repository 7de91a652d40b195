/**
 * Stripe as the app needs it, and the one place where the text of a key leaves its type. Whatever goes wrong is an answer
 * and never an error, so nothing of a request can reach a log.
 */
import Bottleneck from "bottleneck";
import type { ActivityAnswer, Secret } from "../domain/index.ts";
import { readAnswer } from "./read-answer.ts";
import { createTransport } from "./transport.ts";
import type { ProxySettings } from "./transport.ts";

/** What the app asks Stripe. Managing keys by API, once Stripe offers it to everyone, would be another method. */
export interface Stripe {
  /** Whether a secret or restricted key still works. Never rejects. */
  activityOf(key: Secret): Promise<ActivityAnswer>;
}

export interface StripeOptions {
  /** Where the API is; by default Stripe's own. Any other place gets the keys, so only a loopback address is allowed. */
  readonly url?: string;
  /** `HTTPS_PROXY` and `NO_PROXY` of the process. */
  readonly proxy?: ProxySettings;
  /** Milliseconds for a request and its whole answer. */
  readonly timeoutMs?: number;
}

const API_URL = "https://api.stripe.com";
const TIMEOUT_MS = 5_000;

/** Requests at once: a push with hundreds of keys must not look like an attack. */
const MAX_AT_ONCE = 2;

/** Nothing else may become part of a header. Ephemeral and organization keys need other headers and are not asked about. */
const ASKABLE = /^[sr]k_(?:live|test)_[0-9A-Za-z]{10,247}$/;

export function createStripe({
  url = API_URL,
  proxy = {},
  timeoutMs = TIMEOUT_MS,
}: StripeOptions = {}): Stripe {
  if (url !== API_URL && !isLoopback(url))
    throw new Error("Only Stripe's own API or a loopback address may be asked about a key.");

  const transport = createTransport(new URL("/v1/balance", url), url === API_URL ? proxy : {}, timeoutMs);
  const queue = createQueue();
  return {
    activityOf: (key) =>
      queue().schedule(async () => {
        if (!ASKABLE.test(key.reveal())) return { activity: "unknown", grounds: "unexpected" };
        const answer = await transport(key);
        return answer === null ? { activity: "unknown", grounds: "unreachable" } : readAnswer(answer);
      }),
  };
}

/** Replaced after the clock was set back: Bottleneck would wait for the time that it had. */
function createQueue(): () => Bottleneck {
  let queue = new Bottleneck({ maxConcurrent: MAX_AT_ONCE });
  let lastAt = Date.now();
  return () => {
    const now = Date.now();
    if (now < lastAt) queue = new Bottleneck({ maxConcurrent: MAX_AT_ONCE });
    lastAt = now;
    return queue;
  };
}

/** Whether the address is one of this machine. A name such as `localhost` could be made to mean another. */
export function isLoopback(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === "http:" && /^(?:127\.0\.0\.1|\[::1\])$/.test(parsed.hostname);
}
