/**
 * Whether a delivery can be stored, and nothing else: an outage of GitHub must not take the door down. One is stored as a
 * trial every few seconds, so a failure is in the log even if no one asks, and so is its end.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";

export interface Readiness {
  /** One sentence that says why no delivery can be stored; null: one can. */
  readonly problem: string | null;
}

export interface ReadinessOptions {
  /** Stores a trial delivery. */
  readonly store: () => Promise<void>;
  readonly log: Logger;
  /** Between two trials that no one asked for. */
  readonly everyMs?: number;
  /** A trial that takes longer has failed. */
  readonly limitMs?: number;
}

export interface ReadinessWatch {
  /** The outcome of a trial that is at most a second old. */
  ask(): Promise<Readiness>;
  /** A delivery could not be stored: a trial is made at once. */
  doubt(): void;
  /** The outcome of the last trial. */
  last(): Readiness;
  /** From now on it is not ready: no trial is made any more. */
  stop(): void;
}

const EVERY_MS = 10_000;
const LIMIT_MS = 5000;
const FRESH_MS = 1000;

export const STARTING: Readiness = { problem: "Rollcall is starting." };
const STOPPING: Readiness = { problem: "Rollcall is stopping." };
const LATE: Readiness = { problem: "The database did not answer in time." };

/** Begins at once. */
export function watchReadiness(options: ReadinessOptions): ReadinessWatch {
  const { store, log, everyMs = EVERY_MS, limitMs = LIMIT_MS } = options;
  let last: Readiness = STARTING;
  let lastAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<Readiness> | null = null;
  let stopped = false;

  async function attempt(): Promise<Readiness> {
    const stored = store().then(
      () => ({ problem: null, error: null }),
      (error: unknown) => ({ problem: problemOf(error), error }),
    );
    const outcome = await Promise.race([stored, wait(limitMs, { ...LATE, error: null }, { ref: false })]);
    if (stopped) return STOPPING;
    const { problem, error } = outcome;
    const isFirst = last === STARTING;
    if (problem !== null && (isFirst || last.problem === null)) tell(problem, error);
    if (problem === null && !isFirst && last.problem !== null) log.info("deliveries can be stored again");
    last = { problem };
    lastAt = performance.now();
    return last;
  }

  function tell(problem: string, error: unknown): void {
    log.error(
      { problem, ...(error === null ? {} : { err: error }) },
      "deliveries cannot be stored and are answered with 503 until the database works",
    );
  }

  function ask(): Promise<Readiness> {
    if (stopped) return Promise.resolve(STOPPING);
    if (performance.now() - lastAt < FRESH_MS) return Promise.resolve(last);
    asking ??= attempt().finally(() => (asking = null));
    return asking;
  }

  void ask();
  const timer = setInterval(() => void ask(), everyMs);
  timer.unref();
  return {
    ask,
    doubt() {
      lastAt = Number.NEGATIVE_INFINITY;
      void ask();
    },
    last: () => last,
    stop() {
      stopped = true;
      last = STOPPING;
      clearInterval(timer);
    },
  };
}

/** A typed error's message is written for people. Any other may hold an address. */
function problemOf(error: unknown): string {
  return error instanceof Error && "retry" in error
    ? error.message
    : "The database refused a trial delivery.";
}
