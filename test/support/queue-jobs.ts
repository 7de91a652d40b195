import { onTestFinished } from "vitest";
import type { ClaimedJob, PoolName, PoolRule, RetryPolicies, Workers } from "../../src/queue/index.ts";
import { startWorkers } from "../../src/queue/index.ts";
import { createLog } from "../../src/server/log.ts";
import type { Database } from "../../src/store/index.ts";

/** Retries at once, a few times. */
const QUICK: RetryPolicies = {
  soon: { firstMs: 1, maxMs: 4, giveUpAfterMs: 60_000 },
  hours: { firstMs: 1, maxMs: 4, giveUpAfterMs: 60_000 },
  triesOfUnknown: 3,
};

/** Notes what workers do, in order, and lets a test wait for it. */
export class Notes {
  readonly done: string[] = [];
  readonly begun: string[] = [];
  readonly buried: { readonly id: string; readonly problem: string }[] = [];
  #waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = [];

  note(list: string[], id: string): void {
    list.push(id);
    this.check();
  }

  check(): void {
    for (const { until, resolve } of this.#waiting) if (until()) resolve();
    this.#waiting = this.#waiting.filter(({ until }) => !until());
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ until: condition, resolve }));
  }
}

export interface WorkOptions {
  readonly pools?: Partial<Readonly<Record<PoolName, PoolRule>>>;
  readonly retries?: RetryPolicies;
  readonly pollMs?: number;
  readonly leaseMs?: number;
  readonly log?: ReturnType<typeof createLog>;
  readonly bury?: (job: ClaimedJob) => Promise<void>;
}

const ONE_EACH: Readonly<Record<PoolName, PoolRule>> = {
  hold: { lanes: ["hold"], workers: 1 },
  scans: { lanes: ["trusted", "stranger", "backlog"], workers: 1 },
  reports: { lanes: ["report"], workers: 1 },
  history: { lanes: ["history"], workers: 1 },
  sweep: { lanes: ["sweep"], workers: 1 },
};

/** Workers that end with the test, one in each pool unless told, and what they did. */
export async function startNotedWorkers(
  database: Database,
  work: (job: ClaimedJob) => Promise<void> = async () => {},
  options: WorkOptions = {},
): Promise<{ readonly notes: Notes; readonly workers: Workers }> {
  const notes = new Notes();
  const workers = await startWorkers(
    {
      database,
      log: options.log ?? createLog("silent"),
      pools: { ...ONE_EACH, ...options.pools },
      retries: options.retries ?? QUICK,
      pollMs: options.pollMs ?? 50,
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
      async onFinalFailure(job, error) {
        await options.bury?.(job);
        notes.buried.push({ id: job.id, problem: error.message });
        notes.check();
      },
    },
    async (job) => {
      notes.note(notes.begun, job.id);
      await work(job);
      notes.note(notes.done, job.id);
    },
  );
  onTestFinished(() => workers.stop(1000));
  return { notes, workers };
}
