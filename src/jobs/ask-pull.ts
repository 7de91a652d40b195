import { NO_FACTS } from "../domain/index.ts";
import { findPull } from "../github/index.ts";
import { acceptDeliveries } from "./accept-delivery.ts";
import type { JobContext } from "./context.ts";
import { publishJob } from "./job.ts";
import type { AskPullJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { endScopes } from "./scope-life.ts";

/**
 * Asks GitHub whether a pull request is open. Its times have whole seconds, so the order of a closing and a reopening
 * within one cannot be seen in their deliveries; until this has run it counts as open.
 */
export async function askPull(context: JobContext, job: AskPullJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const octokit = await context.github.installation(repository.installationId);
  const pull = await findPull(octokit, repository, job.number);
  if (pull === null) return;
  const asOf = new Date(pull.updatedAt);
  const key = `pull_request:${pull.number}`;
  if (pull.isOpen) {
    const { number, base, head, author } = pull;
    const scope = { kind: "pull_request", number, base, head } as const;
    const trust = { kind: "author", login: author } as const;
    const notice = {
      kind: "scope",
      repository,
      scope,
      facts: NO_FACTS,
      trust,
      asOf,
      lane: "backlog",
    } as const;
    const id = `asked ${repository.id} ${key} ${pull.updatedAt} ${head}`;
    return acceptDeliveries(context.record, [{ id, notices: [notice] }], context.now());
  }
  await context.record.transaction(async (record) => {
    await record.lock([repository.id]);
    const subject = await record.scopes.subject(repository.id, key);
    // A later delivery knows better.
    if (subject !== null && subject.asOf > asOf) return;
    const { heads } = await endScopes(record, repository.id, key, asOf, context.now(), { certain: true });
    await record.enqueue(heads.map((head) => publishJob(job, head, `asked ${pull.updatedAt}`, "trusted")));
  });
}
