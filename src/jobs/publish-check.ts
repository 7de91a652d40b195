/** Makes the check run of a commit show what the record says. */
import { createHash } from "node:crypto";
import { CHECK_NAME } from "../domain/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { HISTORY_CHECK } from "../store/index.ts";
import type { RunRecord } from "../store/index.ts";
import { LATE_MS, takeTurn } from "./check-turn.ts";
import type { CheckTurn } from "./check-turn.ts";
import { CheckWriter, MovedOn } from "./check-writer.ts";
import type { JobContext } from "./context.ts";
import { decideCheck } from "./decide-check.ts";
import { confirmRunJob } from "./job.ts";
import { publishHistoryCheck } from "./publish-history-check.ts";

/** `shown`: the check says the verdict now. `waiting`: it is in progress, or red while more is read. */
export type Published = "unchanged" | "waiting" | "shown";

/** @throws CheckBusyError, GitHubError */
export async function publishCheck(
  context: JobContext,
  repositoryId: number,
  head: string,
): Promise<Published> {
  if (head === HISTORY_CHECK) {
    await publishHistoryCheck(context, repositoryId);
    return "unchanged";
  }
  return (
    (await takeTurn(context, repositoryId, head, (turn) => writeOnce(context, head, turn))) ?? "unchanged"
  );
}

async function writeOnce(
  context: JobContext,
  head: string,
  { repository, writer, check, claim, settled }: CheckTurn,
): Promise<Published> {
  const { checks } = context.record;
  const octokit = await context.github.installation(repository.installationId);
  const run = new CheckWriter({
    octokit,
    repository,
    head,
    name: CHECK_NAME,
    run: check.run,
    save: async (state, stage) => {
      if (stage === "last_answer") {
        const saved = await checks.saveLast(repository.id, head, writer, state, check.wanted);
        if (saved === "settled") settled();
        if (saved !== "lost") return;
      } else {
        const wanted = stage === "intent" ? check.wanted : null;
        if (await checks.saveRun(repository.id, head, writer, state, wanted)) return;
      }
      // Another writer took over during this request: which of the two GitHub handled last is unknown.
      if (stage !== "intent") await distrust(context, repository.id, head);
      throw new MovedOn(!(await claim()));
    },
  });
  await run.settleUnknown();
  if (check.run?.pending === true && run.state === null)
    await confirmLater(context, repository, head, check.run);
  const decision = await decideCheck(context, repository, head);
  if (decision.kind === "wait") {
    // Red stays while more is read: it can only get worse. A person who clicked Re-run sees a new run begin.
    if (run.state === null || run.isGreen() || check.rerun) await run.open(decision.report);
    return "waiting";
  }
  const digest = digestOf(JSON.stringify(decision.report));
  if (check.rerun) run.forget();
  if (run.state?.digest === digest) return "shown";
  await run.show(decision.report, digest);
  const { owner, name } = repository;
  const { conclusion } = decision.report;
  context.log.info({ fullName: `${owner}/${name}`, head, conclusion }, "check written");
  return "shown";
}

/** GitHub does not have a run that was asked for. Whoever asked may be dead and the request still under way. */
async function confirmLater(
  context: JobContext,
  { id: repositoryId, installationId }: CurrentRepository,
  head: string,
  { externalId }: RunRecord,
): Promise<void> {
  const due = new Date(context.now().getTime() + LATE_MS);
  const job = confirmRunJob({ repositoryId, installationId }, head, externalId, due);
  await context.record.transaction((record) => record.enqueue([job]));
}

/** Requests a new run, which replaces all before it. */
async function distrust(context: JobContext, repositoryId: number, head: string): Promise<void> {
  await context.record.checks.touch(repositoryId, [head], context.now());
  await context.record.checks.wantNewRun(repositoryId, head);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
