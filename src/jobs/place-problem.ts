/** Why issues are not where they should be, in the words of the check. No name of a repository: the check may be public. */
import type { GitHubError } from "../github/index.ts";
import type { IssuePlace, OwnersPlaceProblem } from "./issue-place.ts";

const OWNERS: Readonly<Record<OwnersPlaceProblem, string>> = {
  not_found: "GitHub does not show it to Rollcall. Check its name, and install the app on it",
  public: "it is public. Name a private one",
  other_owner: "it has another owner. Name one of the same owner",
  archived: "it is archived. Unarchive it or name another one",
  issues_off: "its issues are off. Switch them on in its settings",
};

/**
 * One or two sentences; null if every issue is where it should be.
 *
 * @param refusal the answer of a place that took no issues
 */
export function placeProblem({ owners, details }: IssuePlace, refusal: GitHubError | null): string | null {
  if (owners.problem !== null)
    return `Rollcall cannot use the repository that the owner's configuration names in issues.repository: ${OWNERS[owners.problem]}.`;

  if (refusal === null) return null;
  const [first] = details;
  const which =
    owners.repository !== null && first?.id === owners.repository.id
      ? "The repository of issues.repository takes no issues."
      : "This repository takes no issues. Switch them on in its settings, or name a private repository in issues.repository of the owner's configuration.";
  return `${which} ${refusal.message}`;
}
