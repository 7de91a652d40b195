import type { Button, ButtonAnswer, CurrentRepository } from "../domain/index.ts";
import { hasRole } from "../github/index.ts";
import type { Role } from "../domain/index.ts";
import type { JobContext } from "./context.ts";
import { loadRepository } from "./load-repository.ts";
import { publishCheck } from "./publish-check.ts";

interface Click {
  readonly repositoryId: number;
  readonly head: string;
  readonly login: string;
}

/**
 * Does what a button says for a person who has the role, and has the check say what became of the click: GitHub shows the
 * button to everyone who can write and gives no other answer.
 *
 * @param roleOf the least role that the button needs
 * @param work what it does, and whether it did anything
 */
export async function clickButton(
  context: JobContext,
  button: Button,
  { repositoryId, head, login }: Click,
  roleOf: (repository: CurrentRepository) => Promise<Role>,
  work: (repository: CurrentRepository) => Promise<ButtonAnswer["result"]>,
): Promise<void> {
  const repository = await loadRepository(context, repositoryId);
  if (repository === null) return;
  const octokit = await context.github.installation(repository.installationId);
  const role = await roleOf(repository);
  const may = await hasRole(octokit, repository, login, role);
  const result = may ? await work(repository) : "no_role";
  const at = context.now();
  await context.record.transaction(async (record) => {
    await record.lock([repositoryId]);
    await record.buttons.put(repositoryId, head, { button, login, result, role, at });
    await record.checks.touch(repositoryId, [head], at);
  });
  await publishCheck(context, repositoryId, head);
}

/** The role that may dismiss, by the owner's file. */
export async function dismissRole(context: JobContext, repository: CurrentRepository): Promise<Role> {
  return (await context.configuration.read(repository, { kind: "now" })).configuration.dismissRole;
}
