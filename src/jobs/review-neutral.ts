/**
 * The neutral issue of a public repository whose leaks have their issues in a private place. Closing it says nothing of the
 * leaks; it stays closed only if a person with the role closed it. Nothing that Rollcall knows of the leaks decides here,
 * because everybody can see the result.
 */
import type { CurrentRepository } from "../domain/index.ts";
import { readLastChange, reopeningsBy, setIssueState } from "../github/index.ts";
import { decideLife } from "../policy/index.ts";
import type { JobContext } from "./context.ts";
import { closerOf, readOwnIssue, reasonOf, UnsettledIssueError } from "./issue-now.ts";
import { explainRefusal, isLeftClosed } from "./refused-closing.ts";

/**
 * Opens the neutral issue again where its closing does not count.
 *
 * @returns false if the issue is not the neutral one of this repository
 * @throws UnsettledIssueError, GitHubError
 */
export async function reviewNeutral(
  context: JobContext,
  repository: CurrentRepository,
  number: number,
): Promise<boolean> {
  const neutral = await context.record.issues.neutral(repository.id);
  if (neutral?.number !== number) return false;
  // Private again: Rollcall closes it for good.
  if (repository.private) return true;
  const octokit = await context.github.installation(repository.installationId);
  const read = await readOwnIssue(context, octokit, repository, number);
  if (read.kind !== "own" || read.issue.state === "open") return true;
  const change = await readLastChange(octokit, repository, number);
  if (change?.kind !== "closed") throw new UnsettledIssueError();
  // Who brought a key is nothing for the public either.
  const closer = await closerOf(context, octokit, repository, number, change, []);
  if (closer.kind === "rollcall") return true;
  const { configuration: roles } = await context.configuration.read(repository, { kind: "now" });
  const decision = decideLife({
    leak: { state: "open", cleared: null, ticked: false },
    issue: { state: "closed", reason: reasonOf(read.issue), closer, settled: false },
    verification: "unknown",
    visibility: "public",
    roles,
  });
  if (decision.kind === "ask_again") throw new UnsettledIssueError();
  if (decision.kind !== "reopen" || decision.because === null) return true;
  const { login } = await context.github.app();
  const reopened = await reopeningsBy(octokit, repository, number, login);
  if (await isLeftClosed(context, repository, number, reopened)) return true;
  const { because } = decision;
  await explainRefusal(context, { repository, number, because, closer, changeId: change.id, roles });
  await setIssueState(octokit, repository, number, "open");
  return true;
}
