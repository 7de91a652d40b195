/**
 * Makes the check run of a commit show what the record says. Over all processes there is one writer per commit at a time:
 * it claims the check, compares, writes, and ends its claim only if nothing changed meanwhile; otherwise it goes round
 * again. So the last change of the record is always shown, and no process writes an older verdict over a newer one.
 */
import { createHash, randomUUID } from "node:crypto";
import type { CurrentRepository } from "../domain/index.ts";
import type { CheckRecord, RunRecord } from "../store/index.ts";
import { CheckWriter, MovedOn } from "./check-writer.ts";
import type { JobContext } from "./context.ts";
import { decideCheck } from "./decide-check.ts";
import { confirmRunJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";

/** How long a claim outlives its process. It is renewed while the writer lives. */
const CLAIM_MS = 15_000;
const RENEW_MS = 5_000;
/** After this time no request of a dead process arrives any more. Requests end after 30 seconds without a byte. */
const LATE_MS = 60_000;

/** Another process is writing this check: it will see the change, or its claim ends. */
class CheckBusyError extends Error {
  override readonly name = "CheckBusyError";
  readonly retryable = true;
  readonly retry = "soon";

  constructor() {
    super("Another process is writing this check run. It is tried again.");
  }
}

/** `shown`: the check says the verdict now. `waiting`: it is in progress, or red while more is read. */
export type Published = "unchanged" | "waiting" | "shown";

/** @throws CheckBusyError, GitHubError */
export async function publishCheck(
  context: JobContext,
  repositoryId: number,
  head: string,
): Promise<Published> {
  return context.lock.run(`check:${repositoryId}:${head}`, async () => {
    const known = await context.record.checks.find(repositoryId, head);
    if (known === null || isSettled(known)) return "unchanged";
    const repository = await loadRepository(context, repositoryId);
    // Nothing can be written there. The check stays stale, and the sweep finds it once the repository is back.
    if (repository === null) return "unchanged";
    return withClaim(context, repositoryId, head, (writer) =>
      bringUpToDate(context, repository, head, writer),
    );
  });
}

function isSettled({ wanted, shown, rerun, run }: CheckRecord): boolean {
  return wanted === shown && !rerun && run !== null && !run.pending;
}

async function withClaim(
  context: JobContext,
  repositoryId: number,
  head: string,
  work: (writer: string) => Promise<Published>,
): Promise<Published> {
  const { checks } = context.record;
  const writer = randomUUID();
  const claim = async (): Promise<boolean> => {
    const now = context.now();
    return checks.claim(repositoryId, head, writer, now, new Date(now.getTime() + CLAIM_MS));
  };
  if (!(await claim())) throw new CheckBusyError();
  const renewing = setInterval(() => {
    claim().catch((error: unknown) =>
      context.log.warn({ err: error }, "could not renew the claim on a check"),
    );
  }, RENEW_MS);
  renewing.unref();
  try {
    return await work(writer);
  } finally {
    clearInterval(renewing);
    await checks.release(repositoryId, head, writer);
  }
}

async function bringUpToDate(
  context: JobContext,
  repository: CurrentRepository,
  head: string,
  writer: string,
): Promise<Published> {
  const { checks } = context.record;
  for (;;) {
    const check = await checks.find(repository.id, head);
    if (check === null) return "unchanged";
    let published: Published;
    try {
      published = await writeOnce(context, repository, head, writer, check);
    } catch (error) {
      if (!(error instanceof MovedOn)) throw error;
      if (error.claimLost) throw new CheckBusyError();
      continue;
    }
    if (await checks.settle(repository.id, head, writer, check.wanted)) return published;
  }
}

async function writeOnce(
  context: JobContext,
  repository: CurrentRepository,
  head: string,
  writer: string,
  check: CheckRecord,
): Promise<Published> {
  const { checks } = context.record;
  const octokit = await context.github.installation(repository.installationId);
  const claim = async (): Promise<boolean> => {
    const now = context.now();
    return checks.claim(repository.id, head, writer, now, new Date(now.getTime() + CLAIM_MS));
  };
  const run = new CheckWriter({
    octokit,
    repository,
    head,
    run: check.run,
    save: async (state, intent) => {
      const kept = await checks.saveRun(repository.id, head, writer, state, intent ? check.wanted : null);
      if (kept) return;
      // Another writer took over during this request: which of the two GitHub handled last is unknown.
      if (!intent) await distrust(context, repository.id, head);
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
