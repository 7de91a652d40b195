/** Makes leaks of what a repository's history holds, as the configuration says. Opening their issues is another job. */
import type { Finding, PastFinding, ScopeFinding } from "../domain/index.ts";
import type { NewLeak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { judgeResults } from "./decide-check.ts";
import { issuePlaceOf } from "./issue-place.ts";
import { placeJob } from "./job.ts";
import type { ReportHistoryJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";

/** Adds the findings of a history to the leaks on record: only those that people with write access brought. */
export async function reportHistory(context: JobContext, job: ReportHistoryJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const { histories, leaks } = context.record;
  const known = await histories.find(repository.id);
  if (known === null || known.readAt === null) return;
  const past = (await histories.findings(repository.id)).filter(({ trust }) => trust === "writer");
  const results = [
    {
      scope: { kind: "push", ref: `refs/heads/${repository.defaultBranch}`, before: null, after: "" },
      defaultBranch: true,
      findings: past.map(scopeFindingOf),
      coverage: { commits: 0, files: 0, gaps: [] },
    },
  ] as const;
  const { verdict } = await judgeResults(context, repository, results, []);
  const leaking = verdict.judged.filter(
    ({ opensIssue, disposition }) => opensIssue && disposition === "leak",
  );
  const place = await issuePlaceOf(context, repository);
  const holder = place.details[0] ?? repository;
  const found = newLeaks(
    holder.id,
    leaking.map(({ finding }) => finding),
  );
  if (found.length > 0) await leaks.add(repository.id, found, context.now());
  await context.record.transaction(async (record) => {
    await record.histories.setReportedAt(repository.id, context.now());
    if (found.length > 0) await record.enqueue([placeJob(job, `history ${known.round}`)]);
  });
}

function scopeFindingOf({ finding, origin }: PastFinding): ScopeFinding {
  return { finding, head: null, headRead: origin.isAtTip === false, dropped: false };
}

function newLeaks(reportRepositoryId: number, findings: readonly Finding[]): readonly NewLeak[] {
  return [...Map.groupBy(findings, ({ fingerprint }) => fingerprint).values()].flatMap((locations) => {
    const [first] = locations;
    return first === undefined ? [] : [{ leak: first, reportRepositoryId, locations }];
  });
}
