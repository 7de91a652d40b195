import { mayWrite } from "../github/index.ts";
import type { JobContext } from "./context.ts";
import { fileIssues } from "./file-issues.ts";
import type { FileJob } from "./job.ts";
import { judgeScopes, publishCheck } from "./publish-check.ts";

type ScopeLeaks = Omit<FileJob, "kind">;

/** Files what a scope's scan had no time for, and names the issues in the check. */
export async function fileLeaks(context: JobContext, job: FileJob): Promise<void> {
  await fileLeaksOf(context, job);
  await publishCheck(context, job.repository, job.head);
}

/**
 * Files the issues of a scope that was scanned, as far as the configuration wants them and its author may cause them. While
 * a re-run reads the scope again, what the scan before found still stands.
 */
export async function fileLeaksOf(
  context: JobContext,
  { repository, key, head, trust }: ScopeLeaks,
): Promise<void> {
  const scope = await context.store.scopes.find(repository.id, key, head);
  if (scope === null) return;
  const { judged } = await judgeScopes(context, repository, [scope]);
  const leaks = judged.filter(({ opensIssue, disposition }) => opensIssue && disposition === "leak");
  if (leaks.length === 0 || !(await mayFile(context, { repository, trust }))) return;
  await fileIssues(
    context,
    repository,
    leaks.map(({ finding }) => finding),
  );
}

async function mayFile(
  context: JobContext,
  { repository, trust }: Pick<ScopeLeaks, "repository" | "trust">,
): Promise<boolean> {
  if (trust.kind !== "author") return trust.kind === "writer";
  const octokit = await context.github.installation(repository.installationId);
  return mayWrite(octokit, repository, trust.login);
}
