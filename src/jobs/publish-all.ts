/** Publishes every check of a repository again, because something changed that they all say. */
import type { RecordTransaction } from "../store/index.ts";
import { publishJob } from "./job.ts";
import type { JobTarget } from "./job.ts";

/** One check after the other: GitHub limits what one installation may write. */
const PACE_MS = 8000;

/**
 * Marks the checks at heads that something points at as stale, and stores their jobs, at a pace. Commits that nothing
 * points at keep what their checks say.
 *
 * @param which `newRefs`: only at heads that a new ref had
 */
export async function publishAll(
  record: RecordTransaction,
  target: JobTarget,
  occasion: string,
  now: Date,
  which: { readonly newRefs?: boolean } = {},
): Promise<void> {
  const { repositoryId, installationId } = target;
  const heads = await record.checks.pointedHeads(repositoryId, which);
  let due = ((await record.checks.plannedUntil(installationId, now)) ?? now).getTime();
  for (const head of heads) {
    due += PACE_MS;
    // The sweep goes by this time, so it does not publish the check sooner.
    await record.checks.touch(repositoryId, [head], new Date(due));
    const job = publishJob(target, head, occasion, "backlog");
    await record.enqueue([{ ...job, runAfter: new Date(due), again: true }]);
  }
}
