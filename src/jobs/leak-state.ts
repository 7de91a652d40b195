/**
 * The one place that changes the state of a leak. In one transaction the state of all its rows changes, the history is
 * written, and the checks that show it become stale and get their jobs, so a crash cannot leave a check that shows an old
 * state. Whether a state may change is decided elsewhere.
 */
import { stateOfRows } from "../domain/index.ts";
import type { LeakGrounds, LeakStateName } from "../domain/index.ts";
import { URGENCIES } from "../store/index.ts";
import type { Leak, NewJob, PointedHead, RecordTransaction } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { followHistory } from "./follow-history.ts";
import { publishJob } from "./job.ts";
import type { JobTarget } from "./job.ts";
import { enqueueNotices } from "./tell-webhook.ts";

/** Which leak: the rows with this place of report and fingerprint share an issue and a state. */
export type LeakKey = Pick<Leak, "reportRepositoryId" | "fingerprint">;

export interface LeakChange {
  readonly from: LeakStateName;
  /** The same as `from`: only the history and the grounds change. */
  readonly to: LeakStateName;
  /** Login of a person; null: Rollcall itself. */
  readonly actor: string | null;
  readonly how: LeakGrounds;
  /** GitHub's id of the closing or reopening of the issue that this acts on: it is acted on once. */
  readonly settles?: string;
}

/** Checks that are published at once when a state changes. Writing one takes one request that counts as a write. */
const PROMPT_CHECKS = 50;

/**
 * The others are published one after the other in this time, so 450 in an hour: GitHub allows 500 requests an hour that
 * create content, and does not say whether check runs count as such.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const PACE_MS = 8000;

/**
 * Changes the state of a leak, if it is still `from`, in every repository where it was found. Every check that shows it on
 * a commit that a ref, a pull request or a merge group points at is published again, the most urgent first; commits that
 * nothing points at keep their check.
 *
 * @returns false if the state is not `from` (any more), or the leak is not on record
 */
export async function changeLeakState(
  context: JobContext,
  leak: LeakKey,
  change: LeakChange,
): Promise<boolean> {
  const { reportRepositoryId, fingerprint } = leak;
  for (;;) {
    const ids = repositoriesOf(await context.record.leaks.sharing(reportRepositoryId, fingerprint));
    const result = await context.record.transaction(async (record) => {
      await record.lock(ids);
      const rows = await record.leaks.sharing(reportRepositoryId, fingerprint);
      // Another repository brought the same key meanwhile. All must be locked at once, so this begins again.
      if (!new Set(repositoriesOf(rows)).isSubsetOf(new Set(ids))) return null;
      if (stateOfRows(rows) !== change.from) return false;
      await changeRows(context, record, rows, change);
      return true;
    });
    if (result !== null) return result;
  }
}

function repositoriesOf(rows: readonly Leak[]): readonly number[] {
  return [...new Set(rows.map(({ repositoryId }) => repositoryId))];
}

async function changeRows(
  context: JobContext,
  record: RecordTransaction,
  rows: readonly Leak[],
  change: LeakChange,
): Promise<void> {
  const { from, to, actor, how, settles = null } = change;
  const at = context.now();
  const changed =
    from === to ? rows.filter(({ state }) => state === to) : rows.filter((row) => row.state !== to);
  for (const row of changed) {
    const event = { from: row.state, to, actor, how, at };
    await record.leaks.changeState(row.repositoryId, row.fingerprint, event, settles);
  }
  const [told] = changed;
  if (told !== undefined) await enqueueNotices(context, record, [told], `${how} ${at.toISOString()}`);
  // A check says nothing of the grounds on which a leak is open.
  if (from === "open" && to === "open") return;
  await publishShowing(record, changed, `${how} ${at.toISOString()}`, at);
  await record.enqueue(await followHistory(record, repositoriesOf(changed), at));
}

interface Showing extends PointedHead {
  readonly target: JobTarget;
}

/** Marks every check that shows the rows, and stores its job: the first at once, the others at a pace. */
async function publishShowing(
  record: RecordTransaction,
  rows: readonly Leak[],
  occasion: string,
  now: Date,
): Promise<void> {
  const showing: Showing[] = [];
  for (const { repositoryId, fingerprint } of rows) {
    const repository = await record.repositories.find(repositoryId);
    if (repository === null) continue;
    const target = { repositoryId, installationId: repository.installationId };
    const heads = await record.scopes.pointedHeadsShowing(repositoryId, fingerprint);
    showing.push(...heads.map((head) => ({ ...head, target })));
  }
  const ordered = showing.toSorted((a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency));
  const jobs: NewJob[] = [];
  for (const { head, target } of ordered.slice(0, PROMPT_CHECKS)) {
    await record.checks.touch(target.repositoryId, [head], now);
    jobs.push({ ...publishJob(target, head, occasion, "trusted"), again: true });
  }
  const planned = new Map<number, number>();
  for (const { head, target } of ordered.slice(PROMPT_CHECKS)) {
    const { repositoryId, installationId } = target;
    const last =
      planned.get(installationId) ??
      (await record.checks.plannedUntil(installationId, now))?.getTime() ??
      now.getTime();
    const due = last + PACE_MS;
    planned.set(installationId, due);
    // The sweep goes by this time, so it does not publish the check sooner.
    await record.checks.touch(repositoryId, [head], new Date(due));
    const job = publishJob(target, head, occasion, "backlog");
    jobs.push({ ...job, runAfter: new Date(due), again: true });
  }
  await record.enqueue(jobs);
}
