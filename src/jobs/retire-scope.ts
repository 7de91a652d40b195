import type { JobContext } from "./context.ts";
import type { RetireJob } from "./job.ts";
import { republishCheck } from "./publish-check.ts";

/** Ends a scope: its branch was deleted, its pull request closed. Other scopes of the same commit then decide alone. */
export async function retireScope(context: JobContext, job: RetireJob): Promise<void> {
  await context.store.repositories.save(job.repository);
  const heads = await context.store.scopes.retire(job.repository.id, job.key, new Date(job.asOf));
  for (const head of heads) await republishCheck(context, job.repository, head);
}
