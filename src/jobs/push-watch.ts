/**
 * Knows whether this process reads a push, or publishes its check, so that the reading of histories can give way. Nice
 * values do that for other processes, but not for this one, for the database and for GitHub.
 */
import { setTimeout as wait } from "node:timers/promises";

/** However many pushes there are, a history waits no longer than this before each of its steps. */
const MAX_WAIT_MS = 2000;

export class PushWatch {
  #running = 0;
  #quiet = Promise.withResolvers<void>();

  /** Does something that people wait for. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) {
        this.#quiet.resolve();
        this.#quiet = Promise.withResolvers();
      }
    }
  }

  /** Resolves when nobody waits for a push, or has waited long enough. */
  async quiet(signal: AbortSignal, maxWaitMs = MAX_WAIT_MS): Promise<void> {
    signal.throwIfAborted();
    if (this.#running === 0) return;
    const timer = new AbortController();
    const end = AbortSignal.any([signal, timer.signal]);
    const timeout = wait(maxWaitMs, undefined, { signal: end }).catch(() => undefined);
    await Promise.race([this.#quiet.promise, timeout]);
    timer.abort();
    signal.throwIfAborted();
  }
}
