import type { Logger } from "pino";
import type { Measures } from "../../measure/index.ts";

/** A step of the clock that is worth a line: NTP slews smaller ones. */
const JUMP_MS = 60_000;
const EVERY_MS = 5000;

export interface Clocks {
  /** The time of day, which people and NTP set. */
  readonly now: () => number;
  /** Milliseconds since some moment, which nobody sets. */
  readonly elapsed: () => number;
}

const CLOCKS: Clocks = { now: () => Date.now(), elapsed: () => performance.now() };

/**
 * Watches for a clock that is set, or a machine that was suspended.
 *
 * @param jumped called after a jump: what was planned for another time has to be planned again
 * @returns stops watching
 */
export function watchClock(
  log: Logger,
  measures: Measures,
  jumped: () => Promise<void>,
  { clocks = CLOCKS, everyMs = EVERY_MS }: { readonly clocks?: Clocks; readonly everyMs?: number } = {},
): () => void {
  let offset = clocks.now() - clocks.elapsed();
  const timer = setInterval(() => {
    const present = clocks.now() - clocks.elapsed();
    const by = present - offset;
    offset = present;
    if (Math.abs(by) < JUMP_MS) return;
    const seconds = Math.round(by / 1000);
    log.warn({ seconds }, "the clock of this machine was set, or it was suspended");
    measures.clockJumped(seconds);
    jumped().catch((error: unknown) => log.warn({ err: error }, "could not plan the recurring jobs again"));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
