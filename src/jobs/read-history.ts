/** Reads the whole history of one repository. */
import type { JobContext } from "./context.ts";
import type { ReadHistoryJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";

export async function readHistory(context: JobContext, job: ReadHistoryJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
}
