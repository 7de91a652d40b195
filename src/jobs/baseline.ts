import type { CurrentRepository } from "../domain/index.ts";
import type { Tip } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { listBranches } from "./list-branches.ts";

/**
 * Notes the tips of all branches as the baseline: the commits from before the app. They are left to the reading of history
 * and never count as read; a new ref reads only what neither the baseline nor a read scope holds. For a ref that deliveries
 * have described since, the baseline is where the first of them began, because what they brought must be read.
 */
export async function noteBaseline(context: JobContext, repository: CurrentRepository): Promise<void> {
  const { record } = context;
  const known = await record.repositories.find(repository.id);
  if (known === null || known.baselineAt !== null) return;
  const branches = await listBranches(context, repository);
  await record.transaction(async (transaction) => {
    await transaction.lock([repository.id]);
    const tips: Tip[] = [];
    for (const [ref, sha] of branches) {
      const first = await transaction.scopes.firstOfKey(repository.id, `push:${ref}`);
      const start = first === null ? sha : first.scope.kind === "push" ? first.scope.before : null;
      if (start === null || (await transaction.tips.find(repository.id, start)) !== null) continue;
      tips.push({ sha: start, kind: "baseline", ref, knownAt: new Date(0), coveredAt: null });
    }
    await transaction.tips.put(repository.id, tips);
    await transaction.repositories.setBaselineAt(repository.id, context.now());
  });
}
