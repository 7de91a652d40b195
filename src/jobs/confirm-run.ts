import { CHECK_NAME } from "../domain/index.ts";
import { findCheckRun } from "../github/index.ts";
import type { JobContext } from "./context.ts";
import type { ConfirmRunJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { publishCheck } from "./publish-check.ts";

/**
 * Looks once more for a check run that a dead process asked for and that was not there: its request may have arrived late.
 * Such a run would be the newest of its commit and in progress for good, so a new run takes its place.
 */
export async function confirmRun(context: JobContext, job: ConfirmRunJob): Promise<void> {
  const { repositoryId, head, externalId } = job;
  const repository = await loadRepository(context, repositoryId);
  if (repository === null) return;
  const octokit = await context.github.installation(repository.installationId);
  if ((await findCheckRun(octokit, repository, { name: CHECK_NAME, head, externalId })) === null) return;
  const { checks } = context.record;
  // Found by a later writer, and shown.
  if ((await checks.find(repositoryId, head))?.run?.externalId === externalId) return;
  await checks.touch(repositoryId, [head], context.now());
  await checks.wantNewRun(repositoryId, head);
  await publishCheck(context, repositoryId, head);
}
