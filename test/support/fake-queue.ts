import { jobOfPayload } from "../../src/jobs/index.ts";
import type { Job } from "../../src/jobs/index.ts";
import type { NewJob } from "../../src/store/index.ts";

/** A job with what became of it. */
export interface QueuedJob {
  readonly stored: NewJob;
  readonly job: Job;
  state: "waiting" | "active" | "done" | "failed";
  attempts: number;
  runAt: number;
}

/** The queue in memory: jobs by id, one at a time for each exclusive key, in the order in which they were stored. */
export class FakeQueue {
  readonly #jobs = new Map<string, QueuedJob>();

  /** Stores jobs as the real queue does: one that failed begins again, one that was done if asked, and others are left alone. */
  store(jobs: readonly NewJob[]): void {
    for (const stored of jobs) {
      const known = this.#jobs.get(stored.id);
      if (known !== undefined) {
        const again = known.state === "failed" || (known.state === "done" && stored.again === true);
        if (again)
          Object.assign(known, { state: "waiting", attempts: 0, runAt: stored.runAfter?.getTime() ?? 0 });
        continue;
      }
      // As after a way through the database.
      const job = jobOfPayload(JSON.parse(JSON.stringify(stored.payload)));
      if (job === null) throw new Error("A job was stored that cannot be read.");
      this.#jobs.set(stored.id, {
        stored,
        job,
        state: "waiting",
        attempts: 0,
        runAt: stored.runAfter?.getTime() ?? 0,
      });
    }
  }

  all(): readonly QueuedJob[] {
    return [...this.#jobs.values()];
  }

  /** Jobs that may begin now: due, and not excluded by one that is running. */
  due(now: number): readonly QueuedJob[] {
    const running = new Set(
      this.all().flatMap(({ state, stored }) => (state === "active" ? (stored.exclusiveKey ?? []) : [])),
    );
    return this.all().filter(
      ({ state, runAt, stored }) =>
        state === "waiting" &&
        runAt <= now &&
        (stored.exclusiveKey === null || !running.has(stored.exclusiveKey)),
    );
  }
}
