/**
 * Runs the jobs of the queue in this process. Each pool has one loop that claims jobs for its free workers. A loop wakes when
 * NOTIFY names one of its lanes, when one of its jobs ends, and every few seconds in case a notification was lost. A lane
 * known to be empty is not asked.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { Measures } from "../measure/index.ts";
import type { Database } from "../store/index.ts";
import { claim } from "./claim.ts";
import type { Claim } from "./claim.ts";
import { CHANNEL } from "./enqueue.ts";
import { LANES } from "./job.ts";
import type { ClaimedJob, Lane } from "./job.ts";
import { Loop } from "./loop.ts";
import { DEFAULT_RETRIES } from "./outcome.ts";
import type { RetryPolicies } from "./outcome.ts";
import { describeClaim, runClaim } from "./run-claim.ts";
import { allowanceOf, DEFAULT_POOLS } from "./slots.ts";
import type { PoolName, PoolRule } from "./slots.ts";
import { startUpkeep } from "./upkeep-timer.ts";
import { extendLeases, releaseDead, retryUnknown } from "./upkeep.ts";

export interface WorkerOptions {
  readonly database: Database;
  readonly log: Logger;
  /** Reports that a job was given up. Called until it succeeds, or fails with an error that cannot pass. */
  onFinalFailure(job: ClaimedJob, error: Error): Promise<void>;
  /** What a line of the log says of a job, from its payload. */
  about?(payload: unknown): object;
  readonly measures?: Measures;
  readonly pools?: Readonly<Record<PoolName, PoolRule>>;
  readonly retries?: RetryPolicies;
  /** A process that does not extend its leases for this long loses its jobs; default 60,000. */
  readonly leaseMs?: number;
  /** How often the queue is looked through for jobs without a notification; default 5,000, or 1,000 without NOTIFY. */
  readonly pollMs?: number;
}

export interface Workers {
  /** Claims no more jobs, gives running ones up to `graceMs` to end, and leaves the rest to the next process. */
  stop(graceMs: number): Promise<void>;
}

const LEASE_MS = 60_000;
const POLL_MS = 5000;
const POLL_WITHOUT_NOTIFY_MS = 1000;
/** A process that stops in the middle of a job shortens its lease to this: enough time to end. */
const LAST_LEASE_MS = 5000;
const MAX_PAUSE_MS = 5000;
/** After a look that found no job, the time until blocked jobs are parked. */
const PARK_MS = 1000;

interface Running {
  readonly claim: Claim;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** Starts working. If `database.exclusive`, all other processes are dead, and their jobs are taken over at once. */
export async function startWorkers(
  options: WorkerOptions,
  run: (job: ClaimedJob) => Promise<void>,
): Promise<Workers> {
  const { database, log, leaseMs = LEASE_MS, pools = DEFAULT_POOLS, retries = DEFAULT_RETRIES } = options;
  const worker = randomUUID();
  const running = new Map<string, Running>();
  const loops = Object.values(pools).map((rule) => new Loop(rule));
  const stop = new AbortController();

  function wake(lanes: readonly Lane[]): void {
    for (const loop of loops) loop.wake(lanes);
  }

  async function work(loop: Loop): Promise<void> {
    for (let pause = 100; !stop.signal.aborted;) {
      await loop.woken();
      try {
        while (!stop.signal.aborted && (await startNext(loop)));
        pause = 100;
      } catch (error) {
        log.warn({ err: error }, "could not claim jobs, trying again");
        await wait(pause);
        pause = Math.min(2 * pause, MAX_PAUSE_MS);
        loop.wake(LANES);
      }
    }
  }

  /** Starts the next job that a free worker of the pool may take; false if there is none. */
  async function startNext(loop: Loop): Promise<boolean> {
    for (const lane of loop.filled()) {
      const allowance = allowanceOf(loop.rule, lane, loop.rule.workers - loop.running.size);
      if (allowance === "none") continue;
      const without = allowance === "anyone" ? null : loop.installations();
      const asked = loop.asking(lane);
      const taken = await claim(database, { lane, worker, leaseMs, without });
      if (taken !== null) {
        // Otherwise a second claim would have to find that out.
        if (!taken.more) asked.empty();
        begin(loop, taken);
        return true;
      }
      if (without === null || without.length === 0) asked.empty();
      // Waiting jobs may be blocked by running ones with their key. Once parked behind them, they are not looked at again.
      if (loop.running.size > 0) upkeep.due(PARK_MS);
    }
    return false;
  }

  function begin(loop: Loop, taken: Claim): void {
    const abort = new AbortController();
    loop.running.add(taken);
    running.set(taken.id, { claim: taken, abort, ended: runToEnd(loop, taken, abort.signal) });
  }

  async function runToEnd(loop: Loop, taken: Claim, signal: AbortSignal): Promise<void> {
    const { lanes, dueMs } = await runClaim({ ...options, retries, worker, run }, taken, signal);
    if (dueMs !== null) upkeep.due(dueMs);
    running.delete(taken.id);
    loop.running.delete(taken);
    wake(lanes);
    loop.again();
  }

  async function beat(): Promise<void> {
    if (running.size === 0) return;
    const asked = [...running];
    const held = await extendLeases(
      database,
      worker,
      asked.map(([id]) => id),
      leaseMs,
    );
    for (const [id, { abort }] of asked) if (!held.has(id)) abort.abort();
  }

  wake(await retryUnknown(database));
  if (database.exclusive) await releaseDead(database, true);
  const listener = await database.listen(CHANNEL, (payload) => wake(lanesOf(payload)));
  wake(LANES);
  const upkeep = startUpkeep({
    database,
    log,
    wake,
    beat,
    beatMs: leaseMs / 6,
    pollMs: () => options.pollMs ?? (listener.working() ? POLL_MS : POLL_WITHOUT_NOTIFY_MS),
  });
  const working = loops.map(work);

  async function allEnded(): Promise<void> {
    await Promise.all(working);
    await Promise.all([...running.values()].map((one) => one.ended));
  }

  return {
    async stop(graceMs) {
      stop.abort();
      wake(LANES);
      await Promise.race([allEnded(), wait(graceMs, undefined, { ref: false })]);
      await Promise.all([upkeep.stop(), listener.close()]);
      if (running.size === 0) return;
      const jobs = [...running.values()].map((one) => describeClaim(options, one.claim));
      log.warn(
        { jobs },
        "jobs did not finish in time and are handed back: the next process starts them again",
      );
      for (const { abort } of running.values()) abort.abort();
      await extendLeases(database, worker, [...running.keys()], LAST_LEASE_MS).catch((error: unknown) =>
        log.warn({ err: error }, "could not shorten leases"),
      );
    },
  };
}

/** The lane that a notification names; all lanes if some may have been missed or a newer version named another. */
function lanesOf(payload: string | null): readonly Lane[] {
  const named = LANES.filter((lane) => lane === payload);
  return named.length > 0 ? named : LANES;
}
