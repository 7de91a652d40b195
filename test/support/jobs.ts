import type { Job } from "../../src/jobs/index.ts";

/** A job about one pull request of one installation. */
export function aJob(number: number, installationId = 5): Job {
  return {
    kind: "retire",
    repository: {
      id: 1000 + installationId,
      installationId,
      owner: "acme",
      name: "shop",
      private: true,
      defaultBranch: "main",
    },
    key: `pull_request:${number}`,
    asOf: "2026-11-21T12:00:00Z",
  };
}

/** The number that `aJob` was made with. */
export function numberOf(job: Job): number {
  return job.kind === "retire" ? Number(job.key.split(":")[1]) : 0;
}
