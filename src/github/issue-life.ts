import type { GitHubClient } from "./client.ts";
import { ask } from "./github-error.ts";
import type { RepositoryName } from "./repository-name.ts";

/** Opens or closes an issue; nothing happens if it is so already. */
export async function setIssueState(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  state: "open" | "completed" | "not_planned" | "duplicate",
): Promise<void> {
  await ask("open or close the issue", () =>
    octokit.rest.issues.update({
      owner: repository.owner,
      repo: repository.name,
      issue_number: number,
      ...(state === "open" ? { state: "open" as const } : { state: "closed" as const, state_reason: state }),
    }),
  );
}
