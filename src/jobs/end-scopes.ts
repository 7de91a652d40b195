import type { JobContext } from "./context.ts";
import { endScopesJob, publishJob } from "./job.ts";
import type { EndScopesJob } from "./job.ts";
import { endScopes } from "./scope-life.ts";

/** Goes on ending the scopes of a ref with more pushes than one transaction may change. */
export async function endMoreScopes(context: JobContext, job: EndScopesJob): Promise<void> {
  await context.record.transaction(async (record) => {
    await record.lock([job.repositoryId]);
    const asOf = new Date(job.asOf);
    const { heads, more } = await endScopes(record, job.repositoryId, job.key, asOf, context.now());
    const name = `${job.name} ${job.part}`;
    await record.enqueue([
      ...heads.map((head) => publishJob(job, head, name, "backlog")),
      ...(more ? [endScopesJob({ ...job, part: job.part + 1 })] : []),
    ]);
  });
}
