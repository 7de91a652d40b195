import type { CurrentRepository } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import { readInstallation, readRepository } from "../github/index.ts";
import { refreshJob } from "./job.ts";
import type { JobContext } from "./context.ts";

/**
 * The repository by its id, as it is on record: a job that waited must not act on an old name or visibility. If deliveries
 * disagreed, GitHub is asked first. A late delivery of a former installation may be one of them, so the app itself asks
 * which installation it is under.
 *
 * @param options `ask`: GitHub is asked in any case
 * @returns null if nothing can be written: it is archived, deleted, or no longer covered by the installation
 */
export async function loadRepository(
  context: JobContext,
  repositoryId: number,
  { ask = false }: { readonly ask?: boolean } = {},
): Promise<CurrentRepository | null> {
  const known = await context.record.repositories.find(repositoryId);
  if (known === null || known.state === "removed") return null;
  const { id, installationId, owner, name, private: hidden, defaultBranch } = known;
  if (known.installationDoubt) {
    const is = await readInstallation(await context.github.asApp(), { id, owner, name });
    await context.record.repositories.settleInstallation(id, installationId, is);
    return loadRepository(context, repositoryId, { ask });
  }
  if (!known.unsure && !ask && defaultBranch !== null) {
    return known.state === "active"
      ? { id, installationId, owner, name, private: hidden, defaultBranch }
      : null;
  }
  const octokit = await context.github.installation(installationId);
  const asked = await readRepository(octokit, id);
  const repository = {
    id,
    installationId,
    owner: asked.owner,
    // Redacted, like every name of a ref.
    name: redactText(asked.name),
    private: asked.private,
    defaultBranch: redactText(asked.defaultBranch),
  };
  const now = context.now();
  const confirmed = await context.record.transaction(async (record) => {
    await record.lock([id]);
    const wasPrivate = (await record.repositories.hidden([id])).length > 0;
    if (!(await record.repositories.confirm(repository, asked.archived ? "archived" : "active")))
      return false;
    await record.histories.noteSize(id, asked.sizeBytes);
    // Nothing told of it, so the checks still say what only some people could read.
    if (!wasPrivate || repository.private) return true;
    await record.checks.touchAll(id, now);
    const target = { repositoryId: id, installationId };
    await record.enqueue([refreshJob(target, `found public ${now.toISOString()}`, true)]);
    return true;
  });
  // Meanwhile it moved to another installation, whose client has to ask.
  if (!confirmed) return loadRepository(context, repositoryId, { ask });
  return asked.archived ? null : repository;
}
