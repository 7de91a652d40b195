import type { NewJob, RecordTransaction } from "../store/index.ts";
import { HISTORY_CHECK } from "../store/index.ts";
import { publishJob } from "./job.ts";

/** Changes in this time are shown together: one issue after the other may be opened, and one box after the other ticked. */
const TOGETHER_MS = 5000;

/**
 * Marks the check on the history of repositories as stale, where there is one.
 *
 * @param options `moved`: the default branch has a new commit
 * @returns the jobs that write them again
 */
export async function followHistory(
  record: RecordTransaction,
  repositoryIds: readonly number[],
  now: Date,
  { moved = false }: { readonly moved?: boolean } = {},
): Promise<readonly NewJob[]> {
  const jobs: NewJob[] = [];
  for (const repositoryId of new Set(repositoryIds)) {
    const check = await record.historyChecks.find(repositoryId);
    if (check === null || (moved && !check.moves)) continue;
    const repository = await record.repositories.find(repositoryId);
    if (repository === null) continue;
    await record.checks.touch(repositoryId, [HISTORY_CHECK], now);
    const target = { repositoryId, installationId: repository.installationId };
    const slot = Math.floor(now.getTime() / TOGETHER_MS) + 1;
    const job = publishJob(target, HISTORY_CHECK, `slot ${slot}`, "report");
    jobs.push({ ...job, runAfter: new Date(slot * TOGETHER_MS), again: true });
  }
  return jobs;
}
