/**
 * Makes the check run on the history of a private repository show what the record says, on the newest commit of the default
 * branch. Details are on one commit only: when the check moves, the run that it leaves loses them. Its state is on record
 * where that of the other checks is, under `HISTORY_CHECK` in place of a commit.
 */
import { createHash } from "node:crypto";
import { HISTORY_CHECK_NAME } from "../domain/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { GitHubError, updateCheckRun } from "../github/index.ts";
import { hiddenHistoryCheck, movedHistoryCheck } from "../report/index.ts";
import type { CheckRunReport } from "../report/index.ts";
import { HISTORY_CHECK } from "../store/index.ts";
import type { HistoryCheck, RunRecord } from "../store/index.ts";
import { LATE_MS, takeTurn } from "./check-turn.ts";
import type { CheckTurn } from "./check-turn.ts";
import { CheckWriter, MovedOn } from "./check-writer.ts";
import type { JobContext } from "./context.ts";
import { decideHistoryCheck } from "./decide-history-check.ts";

/** A run was asked for, and GitHub does not have it: the request may still be under way, and a second run would be one too many. */
class UnansweredRunError extends Error {
  override readonly name = "UnansweredRunError";
  readonly retryable = true;
  readonly retry = "soon";

  constructor() {
    super("GitHub does not have the check run on the history that was asked for. It is looked for again.");
  }
}

/** @throws UnansweredRunError, GitHubError */
export async function publishHistoryCheck(context: JobContext, repositoryId: number): Promise<void> {
  await takeTurn(context, repositoryId, HISTORY_CHECK, (turn) => writeOnce(context, turn));
}

/** Where the check is, and the runs that it has left and that still show details. */
type Place = Omit<HistoryCheck, "askedAt">;

async function writeOnce(context: JobContext, turn: CheckTurn): Promise<void> {
  const { repository, check } = turn;
  const known = await context.record.historyChecks.find(repository.id);
  const run = known === null ? null : await knownRun(context, turn, known);
  const decision = await decideHistoryCheck(context, repository);
  if (decision.kind === "nothing") return;
  if (decision.kind === "hide" && run === null && (known?.former ?? []).length === 0) return;
  const head = decision.kind === "hide" ? (known?.head ?? "") : decision.head;
  const stays = run !== null && known?.head === head && !check.rerun;
  const moves = decision.kind === "show" && decision.moves;
  const place: Place = {
    head,
    moves,
    former: [...(known?.former ?? []), ...(stays ? [] : leftOf(known, run))],
  };
  if (decision.kind === "show" || run !== null) {
    const writer = await writerAt(context, turn, place, stays ? run : null);
    const digest = digestOf(JSON.stringify(decision.report));
    if (writer.state?.digest !== digest) await writer.show(decision.report, digest);
  }
  await retire(context, repository, place);
}

/** The run on record. If the answer to the last request is missing, GitHub is asked what became of it. */
async function knownRun(
  context: JobContext,
  turn: CheckTurn,
  known: HistoryCheck,
): Promise<RunRecord | null> {
  const { run } = turn.check;
  if (run?.pending !== true) return run;
  const writer = await writerAt(context, turn, known, run);
  await writer.settleUnknown();
  const askedMs = context.now().getTime() - (known.askedAt?.getTime() ?? 0);
  if (writer.state === null && askedMs < LATE_MS) throw new UnansweredRunError();
  return writer.state;
}

function leftOf(known: HistoryCheck | null, run: RunRecord | null): HistoryCheck["former"] {
  return known === null || run === null || run.runId === null ? [] : [{ head: known.head, runId: run.runId }];
}

async function writerAt(
  context: JobContext,
  { repository, writer, check, claim }: CheckTurn,
  place: Place,
  run: RunRecord | null,
): Promise<CheckWriter> {
  const octokit = await context.github.installation(repository.installationId);
  return new CheckWriter({
    octokit,
    repository,
    head: place.head,
    name: HISTORY_CHECK_NAME,
    run,
    // Also after the last answer: the runs that the check has left are written before it is settled.
    save: async (state, stage) => {
      const intent = stage === "intent";
      const kept = await context.record.transaction(async (record) => {
        const wanted = intent ? check.wanted : null;
        if (!(await record.checks.saveRun(repository.id, HISTORY_CHECK, writer, state, wanted))) return false;
        const askedAt = intent ? context.now() : null;
        await record.historyChecks.put(repository.id, { ...place, askedAt });
        return true;
      });
      if (!kept) throw new MovedOn(!(await claim()));
    },
  });
}

/** Takes the details out of the runs that the check has left. */
async function retire(context: JobContext, repository: CurrentRepository, place: Place): Promise<void> {
  const { head, former } = place;
  const octokit = await context.github.installation(repository.installationId);
  const url = `${context.githubUrl}/${repository.owner}/${repository.name}`;
  const report = repository.private ? movedHistoryCheck(url, head) : hiddenHistoryCheck();
  for (const [index, { runId }] of former.entries()) {
    await updateCheckRun(octokit, repository, runId, contentOf(report)).catch((error: unknown) => {
      // GitHub deletes old runs.
      if (!(error instanceof GitHubError) || error.code !== "not_found") throw error;
    });
    const rest = former.slice(index + 1);
    await context.record.historyChecks.put(repository.id, { ...place, former: rest, askedAt: null });
  }
}

function contentOf({ conclusion, title, summary }: CheckRunReport) {
  // An empty text takes the place of the old one.
  return { conclusion, output: { title, summary, text: "" }, annotations: [] };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
