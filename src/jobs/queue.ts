import { createHash } from "node:crypto";
import { PgBoss } from "pg-boss";
import type { Db } from "pg-boss";
import type { Logger } from "pino";
import { z } from "zod";
import { GitHubError } from "../github/index.ts";
import { jobSchema } from "./job.ts";
import type { Job } from "./job.ts";

const WORK = "work";
/** Issues are filed at one in three seconds; what waits for that must not hold up a scan. */
const ISSUES = "issues";
const DEAD = "dead";

function laneOf(job: Job): string {
  return job.kind === "file" ? ISSUES : WORK;
}

/** How a job that failed for a reason that may pass is tried again. */
export interface RetryPolicy {
  readonly limit: number;
  /** Before the first retry, in seconds; doubles with each. */
  readonly delaySeconds: number;
  readonly delayMaxSeconds: number;
}

/** Fourteen retries with at most ten minutes between them: over an hour, the longest that GitHub's rate limit lasts. */
export const DEFAULT_RETRY: RetryPolicy = { limit: 14, delaySeconds: 2, delayMaxSeconds: 600 };

export interface QueueOptions {
  readonly db: Db;
  readonly log: Logger;
  readonly retry: RetryPolicy;
  /** How often the workers look for what nobody woke them for, such as a retry that is due; default 5. */
  readonly pollSeconds?: number;
  /** Jobs at once in this process. */
  readonly workers: number;
  /** Jobs at once for one installation, so that a busy one leaves workers to the others. */
  readonly workersPerInstallation: number;
  handle(job: Job): Promise<void>;
  /** Called once for a job that is given up; `problem` is one plain sentence. Tried again unless its error is final. */
  bury(job: Job, problem: string): Promise<void>;
}

interface AddOptions {
  /** Nobody waits for them: they begin when nothing else is there to do. */
  readonly background: boolean;
}

/** Jobs that survive the process. */
export interface Queue {
  /** Stores the jobs of a delivery; when it resolves they are on disk. The same delivery again adds nothing. */
  add(deliveryId: string, jobs: readonly Job[], options?: AddOptions): Promise<void>;
  /** Begins to work. Jobs that a killed process left half done begin again. */
  start(): Promise<void>;
  /** Lets running jobs end for up to `graceMs`, then leaves them for the next process. */
  stop(graceMs: number): Promise<void>;
}

const deadJobSchema = z.object({ job: jobSchema, problem: z.string() });

/**
 * The queue over pg-boss. Its polling takes seconds, so that every added job wakes the workers itself.
 */
export async function createQueue(options: QueueOptions): Promise<Queue> {
  const { log, retry } = options;
  const boss = new PgBoss({
    db: options.db,
    backend: "pglite",
    schema: "queue",
    persistWarnings: false,
    reindex: false,
    superviseIntervalSeconds: 60,
  });
  boss.on("error", (error) => log.error({ err: error }, "queue error"));
  await boss.start();
  await boss.createQueue(DEAD, {
    retryLimit: 100,
    retryDelay: retry.delaySeconds,
    retryBackoff: true,
    retryDelayMax: retry.delayMaxSeconds,
  });
  for (const lane of [WORK, ISSUES]) {
    await boss.createQueue(lane, {
      deadLetter: DEAD,
      retryLimit: retry.limit,
      retryDelay: retry.delaySeconds,
      retryBackoff: true,
      retryDelayMax: retry.delayMaxSeconds,
      expireInSeconds: 3600,
    });
  }
  const wakers: string[] = [];
  const wake = (): void => {
    for (const id of wakers) boss.notifyWorker(id);
  };

  /** Fails the job until GitHub's limit allows it again: the queue's own pauses begin within the limit. */
  async function postpone(lane: string, id: string, seconds: number): Promise<void> {
    await boss.fail(lane, id, { message: "GitHub's rate limit" });
    await boss.update(lane, undefined, { id, startAfter: seconds });
  }

  async function work(id: string, data: unknown): Promise<void> {
    const parsed = jobSchema.safeParse(data);
    if (!parsed.success) {
      log.error(
        { id, err: parsed.error },
        "a stored job is of no kind that this version knows; it is left out",
      );
      return;
    }
    const job = parsed.data;
    try {
      await options.handle(job);
      log.debug({ id, job: describe(job) }, "job done");
    } catch (error) {
      if (mayPass(error)) {
        log.warn({ err: error, job: describe(job) }, "job failed, it is tried again");
        const seconds = pauseOf(error);
        if (seconds === null) throw error;
        return await postpone(laneOf(job), id, seconds);
      }
      log.error({ err: error, id, job: describe(job) }, "job failed for good");
      await boss.send(DEAD, { job, problem: problemOf(error) });
    } finally {
      wake();
    }
  }

  async function workDead(data: unknown): Promise<void> {
    const dead = deadJobSchema.safeParse(data);
    const { job, problem } = dead.success
      ? dead.data
      : { job: jobSchema.parse(data), problem: "GitHub could not be reached, or refused, again and again." };
    log.error({ job: describe(job), problem }, "job given up");
    try {
      await options.bury(job, problem);
    } catch (error) {
      if (!isFinal(error)) throw error;
      log.error({ err: error, job: describe(job) }, "that the job was given up could not be said");
    }
  }

  return {
    async add(deliveryId, jobs, { background } = { background: false }) {
      for (const [index, job] of jobs.entries()) {
        const id = idOf(deliveryId, index);
        const stored = await boss.send(laneOf(job), job, {
          id,
          group: { id: String(job.repository.installationId) },
          priority: background || job.kind === "welcome" ? -1 : 0,
        });
        log.debug({ id, job: describe(job) }, stored === null ? "job known already" : "job stored");
      }
      wake();
    },
    async start() {
      await releaseOrphans(boss);
      const poll = { batchSize: 1, pollingIntervalSeconds: options.pollSeconds ?? 5 };
      const lanes = [
        { lane: WORK, workers: options.workers, groupConcurrency: options.workersPerInstallation },
        { lane: ISSUES, workers: options.workersPerInstallation, groupConcurrency: 1 },
      ];
      for (const { lane, workers, groupConcurrency } of lanes) {
        for (let count = 0; count < workers; count += 1) {
          wakers.push(
            await boss.work(
              lane,
              { ...poll, groupConcurrency },
              async (jobs: { id: string; data: unknown }[]) => {
                for (const { id, data } of jobs) await work(id, data);
              },
            ),
          );
        }
      }
      wakers.push(
        await boss.work(DEAD, poll, async (jobs: { data: unknown }[]) => {
          for (const { data } of jobs) await workDead(data);
        }),
      );
    },
    stop: (graceMs) => boss.stop({ graceful: true, timeout: graceMs, close: false }),
  };
}

/**
 * PGlite has one process, so that jobs which are active when it starts were left by one that was killed. They count as
 * failed once, for one of them may be what kills the process, and begin again at once.
 */
async function releaseOrphans(boss: PgBoss): Promise<void> {
  const { rows } = await boss.getDb().executeSql("SELECT name, id FROM queue.job WHERE state = 'active'");
  for (const { name, id } of z.array(z.object({ name: z.string(), id: z.string() })).parse(rows)) {
    await boss.fail(name, id, { message: "the process ended while the job ran" });
    await boss
      .getDb()
      .executeSql(
        "UPDATE queue.job SET start_after = now() WHERE state = 'retry' AND name = $1 AND id = $2",
        [name, id],
      );
  }
}

/** Only an error that says so itself may pass; what is unknown would fail again, and somebody has to look. */
function mayPass(error: unknown): boolean {
  return error instanceof Error && "retryable" in error && error.retryable === true;
}

/** How long GitHub asks to wait, in seconds; null where the queue's own pause will do. */
function pauseOf(error: unknown): number | null {
  return error instanceof GitHubError ? error.retryAfterSeconds : null;
}

/** An error that says of itself that trying again is no use, such as a repository that was archived or is gone. */
function isFinal(error: unknown): boolean {
  return error instanceof Error && "retryable" in error && error.retryable === false;
}

/** A typed error's message is made for people and holds nothing from the repository; of others the kind must do. */
function problemOf(error: unknown): string {
  if (error instanceof Error && "retryable" in error) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") return "The scan took longer than it may.";
  return "Rollcall met an unexpected error; its log says more.";
}

function describe(job: Job): Record<string, unknown> {
  return {
    kind: job.kind,
    installation: job.repository.installationId,
    repository: job.repository.id,
    key: job.kind === "scan" ? job.scope.kind : job.kind,
  };
}

/** The id of a job in the form of a UUID, from what it is about: a delivery that comes twice is stored once. */
function idOf(deliveryId: string, index: number): string {
  const hex = createHash("sha256").update(`${deliveryId}\n${index}`).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
