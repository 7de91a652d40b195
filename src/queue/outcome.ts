/**
 * Decides what happens to a job that threw. An error's `retry` says whether the same work may succeed later: `soon` for
 * outages, `hours` for refusals that a person lifts, such as missing permissions, and `never`. Any other error is tried a
 * few times.
 */
import { UnknownPayloadError } from "./job-errors.ts";

/** Pauses grow from the first to the last by doubling. */
export interface RetryPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Given up once the first failure is older than this. */
  readonly giveUpAfterMs: number;
}

export interface RetryPolicies {
  readonly soon: RetryPolicy;
  readonly hours: RetryPolicy;
  /** Attempts at a job whose error does not say whether it may pass; paused like `soon`. */
  readonly triesOfUnknown: number;
}

const SECOND = 1000;
const HOUR = 3_600_000;

/** GitHub can redeliver a webhook for three days, so a failure that may pass is not given up earlier. */
export const DEFAULT_RETRIES: RetryPolicies = {
  soon: { firstMs: 2 * SECOND, maxMs: HOUR, giveUpAfterMs: 72 * HOUR },
  hours: { firstMs: 15 * SECOND, maxMs: 24 * HOUR, giveUpAfterMs: 72 * HOUR },
  triesOfUnknown: 5,
};

export type Outcome =
  | { readonly kind: "retry"; readonly afterMs: number }
  | { readonly kind: "given_up"; readonly problem: string }
  /** A job of another version: kept, and tried by each version that starts. */
  | { readonly kind: "unknown" };

export interface Failure {
  /** Failures in a row before this one. */
  readonly failures: number;
  /** Since the first of them, in milliseconds. */
  readonly failingForMs: number;
}

export function outcomeOf(error: unknown, failure: Failure, policies: RetryPolicies): Outcome {
  if (error instanceof UnknownPayloadError) return { kind: "unknown" };
  const retry = retryOf(error);
  if (retry === "never") return { kind: "given_up", problem: problemOf(error) };
  if (retry === null && failure.failures + 1 >= policies.triesOfUnknown)
    return { kind: "given_up", problem: problemOf(error) };

  const policy = policies[retry ?? "soon"];
  if (failure.failingForMs >= policy.giveUpAfterMs) return { kind: "given_up", problem: problemOf(error) };

  const pause = Math.min(policy.firstMs * 2 ** Math.min(failure.failures, 40), policy.maxMs);
  return { kind: "retry", afterMs: Math.max(pause, askedPauseMs(error)) };
}

/** A disk that is full or fails, a folder that may not be written, no file or memory left: an operator ends each of them. */
const OF_THE_MACHINE: ReadonlySet<unknown> = new Set([
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EACCES",
  "EPERM",
  "EIO",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
]);

function isOfTheMachine(error: unknown): boolean {
  return error instanceof Error && "code" in error && OF_THE_MACHINE.has(error.code);
}

function retryOf(error: unknown): "soon" | "hours" | "never" | null {
  if (!(error instanceof Error)) return null;
  if ("retry" in error && (error.retry === "soon" || error.retry === "hours" || error.retry === "never"))
    return error.retry;

  if ("retryable" in error && typeof error.retryable === "boolean") return error.retryable ? "soon" : "never";
  if (isOfTheMachine(error)) return "soon";
  return null;
}

/** How long GitHub asked to wait. An earlier retry would only extend that. */
function askedPauseMs(error: unknown): number {
  if (!(error instanceof Error) || !("retryAfterSeconds" in error)) return 0;
  return typeof error.retryAfterSeconds === "number" ? error.retryAfterSeconds * SECOND : 0;
}

/** A typed error's message is written for people and holds nothing from a repository. Other errors appear only in the log. */
function problemOf(error: unknown): string {
  // Its message names a path of the machine.
  if (isOfTheMachine(error)) return "Rollcall could not write to its disk. Its log has the details.";
  if (retryOf(error) !== null && error instanceof Error) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") return "The scan exceeded its time limit.";
  return "Rollcall hit an unexpected error. Its log has the details.";
}
