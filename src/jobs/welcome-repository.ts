import { idOf, NO_FACTS } from "../domain/index.ts";
import { listOpenPulls } from "../github/index.ts";
import { acceptDeliveries } from "./accept-delivery.ts";
import type { Delivery } from "./accept-delivery.ts";
import { noteBaseline } from "./baseline.ts";
import type { JobContext } from "./context.ts";
import { feedHistories } from "./feed-histories.ts";
import { newJob, refreshJob } from "./job.ts";
import type { WelcomeJob } from "./job.ts";
import type { NewJob } from "../store/index.ts";
import { loadRepository } from "./load-repository.ts";

/**
 * Handles a repository that the app was just installed on, or works on again: notes its baseline, and gives every open pull request its check,
 * so making the check required blocks no one.
 */
export async function welcomeRepository(context: JobContext, job: WelcomeJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const hadBaseline = (await context.record.repositories.find(repository.id))?.baselineAt ?? null;
  await noteBaseline(context, repository);
  const octokit = await context.github.installation(repository.installationId);
  const pulls = await listOpenPulls(octokit, repository);
  const deliveries = pulls.map(({ number, base, head, author, updatedAt }): Delivery => {
    const scope = { kind: "pull_request", number, base, head } as const;
    const trust = { kind: "author", login: author } as const;
    const asOf = new Date(updatedAt);
    const notice = {
      kind: "scope",
      repository,
      scope,
      facts: NO_FACTS,
      trust,
      asOf,
      lane: "backlog",
    } as const;
    return { id: `welcome ${repository.id} ${idOf(scope)}`, notices: [notice] };
  });
  await acceptDeliveries(context.record, deliveries, context.now());
  const compare = await mayHaveMissed(context, job, hadBaseline);
  // Asked for with the installation, unless no delivery told of that.
  if ((await context.record.histories.find(repository.id)) === null)
    await context.record.histories.ask([repository.id], context.now());

  await feedHistories(context.record, context.now(), repository.installationId);
  // Where the app was installed before, it may have left work undone.
  await context.record.transaction((record) =>
    record.enqueue([refreshJob(job, `welcome ${context.now().toISOString()}`), ...compare]),
  );
}

/** Jobs that compare the refs now: what was pushed while the app was suspended or lacked a permission was not delivered. */
async function mayHaveMissed(
  context: JobContext,
  job: WelcomeJob,
  hadBaseline: Date | null,
): Promise<readonly NewJob[]> {
  const again = hadBaseline === null ? "" : ` ${context.now().toISOString()}`;
  const known = await context.record.repositories.find(job.repositoryId);
  // Where no delivery told of the installation, the record may have been lost.
  if (hadBaseline === null && known?.coveredSince !== null) return [];
  return [newJob({ ...job, kind: "compare_refs" }, `${job.repositoryId} welcome${again}`, "backlog")];
}
