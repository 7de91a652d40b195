import { redactText } from "../detect/index.ts";
import { listOpenPulls, readRepository } from "../github/index.ts";
import type { JobContext } from "./context.ts";
import type { Job, WelcomeJob } from "./job.ts";

/**
 * Gives every open pull request of a repository that the app was just installed on its check, so that a check which is
 * made required strands nobody.
 */
export async function welcomeRepository(context: JobContext, job: WelcomeJob): Promise<void> {
  const octokit = await context.github.installation(job.repository.installationId);
  const { defaultBranch } = await readRepository(octokit, job.repository);
  const repository = { ...job.repository, defaultBranch: redactText(defaultBranch) };
  await context.store.repositories.save(repository);
  for (const pull of await listOpenPulls(octokit, repository)) {
    const scan: Job = {
      kind: "scan",
      repository,
      scope: { kind: "pull_request", number: pull.number, base: pull.base, head: pull.head },
      hints: { commits: null, count: null, previousHead: null, forced: false, tag: null, inNames: [] },
      trust: { kind: "author", login: pull.author },
      asOf: pull.updatedAt,
      configurationChanged: false,
      last: false,
    };
    await context.add(`welcome ${repository.id} ${pull.number} ${pull.head}`, [scan]);
  }
}
