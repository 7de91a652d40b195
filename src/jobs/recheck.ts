import type { Leak } from "../store/index.ts";
import { clickButton } from "./clicked-button.ts";
import type { JobContext } from "./context.ts";
import { countingScopes } from "./head-verdict.ts";
import { newJob, reviewIssueJob, verifyJob } from "./job.ts";
import type { RecheckJob } from "./job.ts";

/** Issues that one click reads again. */
const MAX_ISSUES = 50;

/**
 * Looks again at the state of every key that a check shows, because a person clicked "Re-check": reads its issue, opens
 * one where it is missing, and asks Stripe where that is on. What changes shows in the checks by itself.
 */
export async function recheck(context: JobContext, job: RecheckJob): Promise<void> {
  const { repositoryId, head } = job;
  // GitHub shows the button to whoever can write, but the role may have changed since.
  await clickButton(
    context,
    "recheck",
    job,
    async () => "write",
    async () => {
      const scopes = countingScopes(await context.record.scopes.atHead(repositoryId, head));
      const found = scopes.flatMap(({ findings }) => findings.map(({ finding }) => finding.fingerprint));
      const leaks = [...(await context.record.leaks.find(repositoryId, [...new Set(found)])).values()];
      await lookAgain(context, job, leaks);
      return leaks.length > 0 ? "done" : "nothing";
    },
  );
}

async function lookAgain(context: JobContext, job: RecheckJob, leaks: readonly Leak[]): Promise<void> {
  const { repositoryId, installationId, head } = job;
  const target = { repositoryId, installationId };
  const occasion = `${head} ${context.now().toISOString()}`;
  const fingerprints = leaks.map(({ fingerprint }) => fingerprint);
  const issues = new Map<string, { readonly place: number; readonly number: number }>();
  for (const { reportRepositoryId: place, issueNumber: number } of leaks)
    if (number !== null) issues.set(`${place} ${number}`, { place, number });

  await context.record.transaction(async (record) => {
    for (const { place, number } of [...issues.values()].slice(0, MAX_ISSUES)) {
      const known = await record.repositories.find(place);
      if (known === null) continue;
      const of = { repositoryId: place, installationId: known.installationId };
      await record.enqueue([reviewIssueJob(of, number, occasion)]);
    }
    const report = newJob(
      { kind: "report", ...target, scopeId: null },
      `${repositoryId} ${occasion}`,
      "report",
    );
    await record.enqueue([report, verifyJob(target, { fingerprints, again: true }, occasion)]);
  });
}
