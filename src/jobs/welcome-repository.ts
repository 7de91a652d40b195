import { NO_FACTS } from "../domain/index.ts";
import { listOpenPulls } from "../github/index.ts";
import { acceptDelivery } from "./accept-delivery.ts";
import { noteBaseline } from "./baseline.ts";
import type { JobContext } from "./context.ts";
import type { WelcomeJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";

/**
 * Takes up a repository that the app was just installed on: notes its baseline, and gives every open pull request its
 * check, so that a check which is made required locks out no one.
 */
export async function welcomeRepository(context: JobContext, job: WelcomeJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  await noteBaseline(context, repository);
  const octokit = await context.github.installation(repository.installationId);
  for (const { number, base, head, author, updatedAt } of await listOpenPulls(octokit, repository)) {
    await acceptDelivery(
      context.record,
      `welcome ${repository.id} ${number} ${base} ${head}`,
      [
        {
          kind: "scope",
          repository,
          scope: { kind: "pull_request", number, base, head },
          facts: NO_FACTS,
          trust: { kind: "author", login: author },
          asOf: new Date(updatedAt),
          lane: "backlog",
        },
      ],
      context.now(),
    );
  }
}
