import { changeBase, closePull } from "../actions/pulls.ts";
import { watchRefs } from "../actions/pushes.ts";
import { tipOf } from "../site/branches.ts";
import { setRef } from "../git/history.ts";
import { git } from "../git/process.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { gitAt, requiredAccount } from "../site/site.ts";
import { sendRepository } from "./repositories.ts";

export async function setDefaultBranch(
  site: Site,
  repository: Repository,
  branch: string,
  by: string,
): Promise<void> {
  const from = repository.defaultBranch;
  repository.defaultBranch = branch;
  await git(site.git, repository.path, ["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
  sendRepository(site, repository, "edited", by, { changes: { default_branch: { from } } });
}

/**
 * Renames a branch. Pull requests into it get the new base, pull requests from it are closed
 * (https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-in-your-repository/renaming-a-branch).
 * The pushes that announce the new and the deleted branch are an assumption.
 */
export async function renameBranch(
  site: Site,
  repository: Repository,
  from: string,
  to: string,
  by: string,
): Promise<void> {
  const at = gitAt(site, repository);
  const actor = requiredAccount(site, by);
  const tip = await tipOf(repository, from);
  await repository.announcing;
  const open = [...repository.pulls.values()].filter((pull) => pull.state === "open");
  await watchRefs(site, repository, actor, async () => {
    await setRef(at, `refs/heads/${to}`, tip);
    // With the new base set first, the deleted branch closes none of these.
    for (const pull of open) if (pull.baseRef === from) await changeBase(site, repository, pull, to, actor);
    for (const pull of open) {
      if (pull.headRef === from && pull.headRepository === repository)
        await closePull(site, repository, pull, actor);
    }
    if (repository.defaultBranch === from) await setDefaultBranch(site, repository, to, by);
    await setRef(at, `refs/heads/${from}`, null);
  });
}
