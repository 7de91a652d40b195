import type { CurrentRepository } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import type { JobContext } from "./context.ts";

/** How long one request for the refs may take. */
const MAX_LIST_MS = 60_000;

/** The branches of a repository and their commits, by one request. Names are redacted, as on record. */
export async function listBranches(
  context: JobContext,
  repository: CurrentRepository,
): Promise<Map<string, string>> {
  const refs = await context.openGit(repository).listRefs(AbortSignal.timeout(MAX_LIST_MS));
  const branches = refs.filter(({ ref }) => ref.startsWith("refs/heads/"));
  return new Map(branches.map(({ ref, sha }) => [redactText(ref), sha]));
}
