import { hasRole } from "../github/index.ts";
import type { JobContext } from "./context.ts";
import { acceptableGaps } from "./head-verdict.ts";
import type { AcceptUnreadJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { publishCheck } from "./publish-check.ts";

/**
 * Accepts the gaps of a commit that no re-run can close, because a person with `dismiss_role` clicked "Accept unread". They
 * are recorded with the person's name and listed in each check that meets them. Without the role nothing happens.
 */
export async function acceptUnread(context: JobContext, job: AcceptUnreadJob): Promise<void> {
  const { repositoryId, head, login } = job;
  const repository = await loadRepository(context, repositoryId);
  if (repository === null) return;
  const { configuration } = await context.configuration.read(repository, { before: null });
  const octokit = await context.github.installation(repository.installationId);
  if (!(await hasRole(octokit, repository, login, configuration.dismissRole))) {
    context.log.info({ repository: repositoryId }, "Accept unread was clicked without the required role");
    return;
  }
  const at = context.now();
  await context.record.transaction(async (record) => {
    await record.lock([repositoryId]);
    const subjects = acceptableGaps(await record.scopes.atHead(repositoryId, head));
    await record.acceptedGaps.put(
      repositoryId,
      subjects.map((subject) => ({ subject, login, at })),
    );
    await record.checks.touch(repositoryId, [head], at);
  });
  await publishCheck(context, repositoryId, head);
}
