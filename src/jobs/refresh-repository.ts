import type { JobContext } from "./context.ts";
import { publishJob, scanJob } from "./job.ts";
import type { RefreshJob } from "./job.ts";
import { updateIssues } from "./leak-issues.ts";
import { loadRepository } from "./load-repository.ts";

/** Of each sort at once; the sweep sees to the others. */
const MAX_AT_ONCE = 500;

/**
 * Brings everything of a repository up to date after its visibility changed or it came back: scopes that were not read
 * while it was out of reach, checks that differ from the record, and the issues, of which a public one may say less.
 */
export async function refreshRepository(context: JobContext, job: RefreshJob): Promise<void> {
  const { record } = context;
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const now = context.now();
  const unread = await record.scopes.unread(now, MAX_AT_ONCE, repository.id);
  const stale = await record.checks.stale(now, MAX_AT_ONCE, repository.id);
  await record.transaction((transaction) =>
    transaction.enqueue([
      ...unread.map((scope) => scanJob(job, scope, scope.trust.kind === "author" ? "stranger" : "trusted")),
      ...stale.map(({ head, wanted }) => ({
        ...publishJob(job, head, `refresh ${wanted}`, "trusted"),
        again: true,
      })),
    ]),
  );
  const leaks = await record.leaks.all(repository.id);
  await updateIssues(context, repository, new Set(leaks.map(({ fingerprint }) => fingerprint)));
}
