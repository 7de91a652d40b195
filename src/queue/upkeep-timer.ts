/**
 * Decides when the queue is looked through and when leases are extended: two loops, so a slow look cannot cost a lease. A
 * failure is logged and tried again next time. A look comes early if something is due, such as a retry.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { Database } from "../store/index.ts";
import { LANES } from "./job.ts";
import type { Lane } from "./job.ts";
import {
  MAX_STEP,
  nextDueMs,
  parkBlocked,
  purge,
  releaseDead,
  releaseParked,
  retryUnknown,
  wakeDue,
  wakeMisplanned,
} from "./upkeep.ts";

export interface UpkeepOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly wake: (lanes: readonly Lane[]) => void;
  /** Extends the leases of running jobs. */
  beat(): Promise<void>;
  readonly beatMs: number;
  pollMs(): number;
}

export interface Upkeep {
  /** Looks for due jobs in `ms` milliseconds, if the next look would be later. */
  due(ms: number): void;
  stop(): Promise<void>;
}

/** Between two looks while another process holds the job that is due. */
const MIN_PAUSE_MS = 50;
const SELDOM_MS = 30_000;
const UNKNOWN_MS = 300_000;

/** Keeps leases alive and the queue tidy until it is stopped. */
export function startUpkeep(options: UpkeepOptions): Upkeep {
  const { database, log, wake } = options;
  const stop = new AbortController();
  let earlier = new AbortController();
  let dueAt = Number.POSITIVE_INFINITY;
  let seldomAt = performance.now();
  let unknownAt = performance.now() + UNKNOWN_MS;

  /** @param whole looks for everything that was missed, not only for due jobs */
  async function look(whole: boolean): Promise<void> {
    dueAt = Number.POSITIVE_INFINITY;
    wake(await wakeDue(database));
    while ((await parkBlocked(database)) === MAX_STEP && !stop.signal.aborted);
    if (whole) {
      wake(await releaseDead(database, false));
      wake(LANES);
      await lookSeldom(performance.now());
    }
    const next = await nextDueMs(database);
    if (next !== null) due(Math.max(next, MIN_PAUSE_MS));
  }

  async function lookSeldom(now: number): Promise<void> {
    if (now >= seldomAt) {
      seldomAt = now + SELDOM_MS;
      wake(await wakeMisplanned(database));
      wake(await releaseParked(database));
      await purge(database);
    }
    if (now >= unknownAt) {
      unknownAt = now + UNKNOWN_MS;
      wake(await retryUnknown(database));
    }
  }

  function due(ms: number): void {
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    dueAt = at;
    earlier.abort();
  }

  async function looking(): Promise<void> {
    for (let wholeAt = 0; !stop.signal.aborted;) {
      const whole = performance.now() >= wholeAt;
      await look(whole).catch((error: unknown) =>
        log.warn({ err: error }, "could not look through the queue"),
      );
      if (whole) wholeAt = performance.now() + options.pollMs();
      await pauseUntil(wholeAt);
    }
  }

  /** Waits until `time`, or until something is due. */
  async function pauseUntil(time: number): Promise<void> {
    for (;;) {
      const left = Math.min(time, dueAt) - performance.now();
      if (left <= 0 || stop.signal.aborted) return;
      earlier = new AbortController();
      const signal = AbortSignal.any([stop.signal, earlier.signal]);
      await wait(left, undefined, { signal }).catch(() => undefined);
    }
  }

  async function beating(): Promise<void> {
    while (!stop.signal.aborted) {
      await wait(options.beatMs, undefined, { signal: stop.signal }).catch(() => undefined);
      await options.beat().catch((error: unknown) => log.warn({ err: error }, "could not extend leases"));
    }
  }

  const both = Promise.all([looking(), beating()]);
  return {
    due,
    async stop() {
      stop.abort();
      await both;
    },
  };
}
