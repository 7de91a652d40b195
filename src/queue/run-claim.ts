/**
 * Runs one claimed job and stores its outcome. While the database is unreachable, storing is tried again: the work is done and
 * must not be repeated because its outcome was lost.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { NO_MEASURES } from "../measure/index.ts";
import type { JobOutcome, Measures } from "../measure/index.ts";
import type { Database } from "../store/index.ts";
import type { Claim } from "./claim.ts";
import { GivenUpError } from "./job-errors.ts";
import type { ClaimedJob, Lane } from "./job.ts";
import { outcomeOf } from "./outcome.ts";
import type { RetryPolicies } from "./outcome.ts";
import { settle } from "./settle.ts";
import type { Settlement } from "./settle.ts";

export interface ClaimRunner {
  readonly database: Database;
  readonly log: Logger;
  readonly retries: RetryPolicies;
  readonly worker: string;
  run(job: ClaimedJob): Promise<void>;
  /** What a line of the log says of the job, besides its id. */
  about?(payload: unknown): object;
  readonly measures?: Measures;
  onFinalFailure(job: ClaimedJob, error: Error): Promise<void>;
}

const MAX_PAUSE_MS = 5000;

export interface Ended {
  /** Lanes that may have a job to claim now. */
  readonly lanes: readonly Lane[];
  /** Milliseconds until the job is due again; null if it is not. */
  readonly dueMs: number | null;
}

/** Never rejects. @param signal aborted when the lease is lost */
export async function runClaim(runner: ClaimRunner, claim: Claim, signal: AbortSignal): Promise<Ended> {
  const started = performance.now();
  const settlement = await attempt(runner, claim, signal);
  const { log, database, worker, measures = NO_MEASURES } = runner;
  const words = describeClaim(runner, claim);
  const ended = (outcome: JobOutcome): void =>
    measures.jobEnded(claim.lane, outcome, (performance.now() - started) / 1000);
  for (let pause = 50; !signal.aborted; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    try {
      const lanes = await settle(database, worker, claim, settlement);
      if (lanes === null) break;
      logEnd(log, words, settlement, Math.round(performance.now() - started));
      ended(OUTCOMES[settlement.kind]);
      return {
        lanes: settlement.kind === "given_up" ? [...lanes, claim.lane] : lanes,
        dueMs: settlement.kind === "retry" ? settlement.afterMs : null,
      };
    } catch (error) {
      log.warn({ err: error, ...words }, "could not store the outcome of the job, trying again");
      await wait(pause);
    }
  }
  ended("lost");
  log.warn(words, "another worker took the job over");
  return { lanes: [], dueMs: null };
}

async function attempt(runner: ClaimRunner, claim: Claim, signal: AbortSignal): Promise<Settlement> {
  const { log, retries } = runner;
  const job: ClaimedJob = {
    id: claim.id,
    lane: claim.lane,
    installationId: claim.installation_id === 0 ? null : claim.installation_id,
    exclusiveKey: claim.exclusive_key,
    payload: claim.payload,
    failures: claim.failures,
    signal,
  };
  try {
    if (claim.problem === null) {
      await runner.run(job);
      return { kind: "done" };
    }
    await runner.onFinalFailure(job, new GivenUpError(claim.problem));
    return { kind: "buried" };
  } catch (error) {
    const failure = { failures: claim.failures, failingForMs: claim.failing_for_ms };
    const outcome = outcomeOf(error, failure, retries);
    const words = { err: error, ...describeClaim(runner, claim) };
    if (outcome.kind === "retry")
      log.warn({ ...words, afterMs: outcome.afterMs }, "job failed and will be retried");
    if (outcome.kind === "unknown") log.error(words, "the job is of another version and is kept");
    if (outcome.kind === "given_up") {
      log.error(
        words,
        claim.problem === null ? "job given up" : "could not report that the job was given up",
      );
    }
    return claim.problem !== null && outcome.kind !== "retry" ? { kind: "buried" } : outcome;
  }
}

const OUTCOMES: Readonly<Record<Settlement["kind"], JobOutcome>> = {
  done: "done",
  retry: "retried",
  given_up: "given_up",
  buried: "failed",
  unknown: "unknown",
};

/** One line a job. Recurring ones find nothing to do most of the time. */
function logEnd(log: Logger, words: Words, settlement: Settlement, ms: number): void {
  const level = words.job.lane === "sweep" ? "debug" : "info";
  if (settlement.kind === "done") log[level]({ ...words, ms }, "job done");
  if (settlement.kind === "buried") log.error(words, "job failed for good");
}

interface Words {
  readonly id: string;
  readonly job: { readonly lane: Lane; readonly installation: number; readonly key: string | null };
}

/** What a line of the log says of a job. */
export function describeClaim(runner: Pick<ClaimRunner, "about">, claim: Claim): Words {
  const { id, lane, installation_id: installation, exclusive_key: key, payload } = claim;
  return { id, ...runner.about?.(payload), job: { lane, installation, key } };
}
