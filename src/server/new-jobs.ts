import type { Job } from "../jobs/index.ts";
import type { Lane, NewJob } from "../queue/index.ts";

/** Version of the payloads of this program's jobs. */
export const PAYLOAD_VERSION = 1;

/**
 * The jobs of a delivery as the queue stores them.
 *
 * @param id names what asked for the jobs, so that it asks once
 */
export function newJobsOf(id: string, jobs: readonly Job[]): NewJob[] {
  return jobs.map((job, index) => ({
    id: `${id}:${index}`,
    lane: laneOf(job),
    installationId: job.repository.installationId,
    exclusiveKey: job.kind === "file" ? `issues:${job.repository.id}` : `repository:${job.repository.id}`,
    payload: { v: PAYLOAD_VERSION, job },
  }));
}

function laneOf(job: Job): Lane {
  if (job.kind === "file") return "report";
  if (job.kind === "welcome") return "backlog";
  return job.kind === "scan" && job.trust.kind === "author" ? "stranger" : "trusted";
}
