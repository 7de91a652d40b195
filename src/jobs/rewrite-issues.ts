import type { JobContext } from "./context.ts";
import type { UpdateIssuesJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { updateIssues } from "./update-issues.ts";

/** Writes the issues of some leaks again, because more is known of them. The queue runs one at a time of a repository. */
export async function rewriteIssues(context: JobContext, job: UpdateIssuesJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository !== null)
    await updateIssues(context, repository, new Set(job.fingerprints), { cleared: true });
}
