/**
 * Accepts deliveries. In one transaction it notes what a delivery brought, marks the checks that this makes stale, and
 * stores the jobs; nothing is read from or written to GitHub here. A redelivery changes nothing, but starts failed work
 * again.
 */
import { headOf, isNamedLikeMergeQueue, keyOf } from "../domain/index.ts";
import type { Notice, Repository, Scope, Trust } from "../domain/index.ts";
import { HISTORY_CHECK } from "../store/index.ts";
import type { NewJob, RecordStore, RecordTransaction } from "../store/index.ts";
import { CONFIGURATION_FRESH_MS, OWNER_REPOSITORY } from "./configuration.ts";
import { followHistory } from "./follow-history.ts";
import {
  askedBy,
  askPullJob,
  endScopesJob,
  newJob,
  placeJob,
  publishJob,
  readHistoryJob,
  refreshJob,
  reportHistoryJob,
  reportJob,
  scanJob,
} from "./job.ts";
import type { JobTarget } from "./job.ts";
import { endScopes, noteScope, rereadHead } from "./scope-life.ts";

/** The delivery that is being accepted. */
interface Accepting {
  readonly id: string;
  /** False: it was accepted before. Failed jobs start again, and nothing else happens. */
  readonly fresh: boolean;
  readonly now: Date;
  /** Keys that it ends after it noted their last scope: a merge does both. */
  readonly ends: ReadonlySet<string>;
}

/** A delivery of GitHub, reduced to what the app acts on. */
export interface Delivery {
  /** GitHub's id, the same when it is delivered again. */
  readonly id: string;
  readonly notices: readonly Notice[];
}

/**
 * Accepts deliveries: notes what they brought and stores the jobs that follow, in one transaction. When it resolves, both
 * are on disk and the deliveries may be answered. From here on every scope counts for its head. If the check there is
 * green, a job in the quickest lane puts it back in progress before anything is read.
 */
export async function acceptDeliveries(
  record: RecordStore,
  deliveries: readonly Delivery[],
  now: Date,
): Promise<void> {
  await record.transaction(async (transaction) => {
    await transaction.lock(deliveries.flatMap(({ notices }) => notices.flatMap(repositoriesOf)));
    const jobs: NewJob[] = [];
    for (const { id, notices } of deliveries) {
      const fresh = await transaction.deliveries.add(id, now);
      const delivery = { id, fresh, now, ends: endsOf(notices) };
      for (const notice of notices) {
        const publicized = await publicizedBy(transaction, notice, delivery);
        jobs.push(...askedBy(id, [...(await accept(transaction, notice, delivery)), ...publicized]));
      }
    }
    await transaction.enqueue(jobs);
  });
}

function endsOf(notices: readonly Notice[]): ReadonlySet<string> {
  const noted = new Set(notices.flatMap((notice) => (notice.kind === "scope" ? keyOf(notice.scope) : [])));
  return new Set(notices.flatMap((notice) => (notice.kind === "scope_ended" ? notice.key : []))).intersection(
    noted,
  );
}

/** Repositories whose scopes the notice changes. */
function repositoriesOf(notice: Notice): number[] {
  return notice.kind === "installed" || notice.kind === "uninstalled" ? [] : [notice.repository.id];
}

/**
 * Jobs for repositories that were private when something was last heard of them, and that the notice shows to be public:
 * nothing told of it while the app was not installed. What their checks say is for fewer people.
 */
async function publicizedBy(
  record: RecordTransaction,
  notice: Notice,
  { id, now }: Accepting,
): Promise<readonly NewJob[]> {
  const told = publicIn(notice);
  if (told.length === 0) return [];
  const hidden = new Set(await record.repositories.hidden(told.map((repository) => repository.id)));
  const found = told.filter((repository) => hidden.has(repository.id));
  for (const repository of found) await record.checks.touchAll(repository.id, now);
  // Otherwise the refresh would take the record's word that it is private.
  if (found.length > 0 && "repository" in notice) await record.repositories.note(notice.repository);
  return found.map((repository) => refreshJob(targetOf(repository), `${id} public`, true));
}

function publicIn(notice: Notice): readonly Pick<Repository, "id" | "installationId">[] {
  if (notice.kind === "uninstalled" || notice.kind === "repository_changed") return [];
  const told = notice.kind === "installed" ? notice.repositories : [notice.repository];
  return told.filter((repository) => !repository.private);
}

async function accept(
  record: RecordTransaction,
  notice: Notice,
  delivery: Accepting,
): Promise<readonly NewJob[]> {
  switch (notice.kind) {
    case "scope":
      return acceptScope(record, notice, delivery);
    case "scope_ended":
      return acceptEnd(record, notice, delivery);
    case "rerun":
      return acceptRerun(record, notice, delivery);
    case "rerun_history":
      return acceptHistoryRerun(record, notice, delivery);
    case "accept_unread":
    case "recheck":
    case "ignore_test_keys": {
      const { kind, repository, head, login } = notice;
      await record.repositories.note(repository);
      const job = { kind, ...targetOf(repository), head, login };
      return [newJob(job, delivery.id, "trusted")];
    }
    case "issue_changed": {
      const { repository, number, marked } = notice;
      const isNeutral = (await record.issues.neutral(repository.id))?.number === number;
      const isOurs = marked || isNeutral || (await record.leaks.withIssue(repository.id, number)).length > 0;
      if (!isOurs) return [];
      await record.repositories.note(repository);
      const job = { kind: "review_issue", ...targetOf(repository), number } as const;
      return [newJob(job, `${number} ${delivery.id}`, "trusted")];
    }
    case "boxes_changed": {
      const { repository, number, login, ticked, unticked } = notice;
      await record.repositories.note(repository);
      const boxes = { ticked: [...ticked], unticked: [...unticked] };
      const job = { kind: "review_boxes", ...targetOf(repository), number, login, ...boxes } as const;
      return [newJob(job, `${number} ${delivery.id}`, "trusted")];
    }
    case "installed":
      await record.repositories.noteInstalled(notice.repositories, notice.since);
      await record.histories.ask(
        notice.repositories.map(({ id }) => id),
        delivery.now,
      );
      return notice.repositories.map(({ id, installationId }) =>
        newJob({ kind: "welcome", repositoryId: id, installationId }, `${id} ${delivery.id}`, "backlog"),
      );
    case "uninstalled":
      await record.repositories.remove(notice.installationId, notice.repositoryIds);
      return [];
    case "repository_changed":
      await record.repositories.note(notice.repository);
      await record.repositories.setState(notice.repository.id, notice.state, true);
      // What checks and issues show depends on who can see them.
      await record.checks.touchAll(notice.repository.id, delivery.now);
      return [refreshJob(targetOf(notice.repository), delivery.id, notice.publicized)];
  }
}

async function acceptScope(
  record: RecordTransaction,
  notice: Extract<Notice, { kind: "scope" }>,
  { id, fresh, now, ends }: Accepting,
): Promise<readonly NewJob[]> {
  const { repository, scope, facts, asOf } = notice;
  const target = targetOf(repository);
  await record.repositories.note(repository);
  const trust = await trustIn(record, notice);
  if (scope.kind === "merge_group") await distrustQueueBranch(record, repository.id, scope);
  const defaultBranch = scope.kind === "push" && scope.ref === `refs/heads/${repository.defaultBranch}`;
  const noted = await noteScope(
    record,
    { repositoryId: repository.id, scope, defaultBranch, facts, trust, asOf },
    fresh,
    now,
  );
  return [
    // The check on the history is on the newest commit of the default branch.
    ...(defaultBranch && fresh ? await followHistory(record, [repository.id], now, { moved: true }) : []),
    ...(await placeJobsOf(record, notice, { defaultBranch, id, now })),
    ...(await holdOf(record, target, notice, id)),
    scanJob(target, noted.scope, notice.lane),
    ...(noted.scope.state === "read" ? [reportJob(target, noted.scope)] : []),
    ...noted.superseded.map((head) => publishJob(target, head, id, "trusted")),
    ...(noted.undecided && !ends.has(keyOf(scope)) ? askWhich(target, keyOf(scope), id) : []),
  ];
}

/**
 * Decides whose commits they are. GitHub pushes the branch of a merge group: its leaks are reported once it is merged. The
 * branch's name alone proves nothing, because anyone who can write can choose it.
 */
async function trustIn(
  record: RecordTransaction,
  { repository, scope, trust }: Extract<Notice, { kind: "scope" }>,
): Promise<Trust> {
  if (scope.kind !== "push" || !isNamedLikeMergeQueue(scope.ref)) return trust;
  const group = await record.scopes.subject(repository.id, `merge_group:${scope.ref}`);
  return group === null ? trust : { kind: "nobody" };
}

/** Corrects a push of the queue's branch that arrived first and was taken for a person's. */
async function distrustQueueBranch(
  record: RecordTransaction,
  repositoryId: number,
  { ref, head }: Extract<Scope, { kind: "merge_group" }>,
): Promise<void> {
  if (!isNamedLikeMergeQueue(ref)) return;
  const scopes = await record.scopes.atHead(repositoryId, head);
  for (const push of scopes.filter(({ key, state }) => key === `push:${ref}` && state === "noted"))
    await record.scopes.note({ ...push, trust: { kind: "nobody" } });
}

/** The owner's file may name another place for issues: the open leaks of all of the owner's repositories go there. */
async function placeJobsOf(
  record: RecordTransaction,
  { repository, facts }: Extract<Notice, { kind: "scope" }>,
  push: { readonly defaultBranch: boolean; readonly id: string; readonly now: Date },
): Promise<readonly NewJob[]> {
  const { defaultBranch, id, now } = push;
  if (!defaultBranch || !facts.changesConfiguration || repository.name !== OWNER_REPOSITORY) return [];
  const { installationId } = repository;
  // Another process may hold the former file for a moment.
  const due = new Date(now.getTime() + CONFIGURATION_FRESH_MS + 1000);
  const ids = await record.leaks.withOpen(MAX_PLACED, installationId);
  const histories = await record.historyKeys.histories(installationId, MAX_PLACED);
  return [
    ...ids.map((repositoryId) => placeJob({ repositoryId, installationId }, `place ${id}`, due)),
    // It may file now what it did not, and the other way round.
    ...histories.map((repositoryId) => ({
      ...reportHistoryJob({ repositoryId, installationId }, `place ${id}`),
      runAfter: due,
    })),
  ];
}

/** Repositories whose leaks are placed again when the owner's file changes; the sweep does the others. */
const MAX_PLACED = 2000;

/**
 * A job that puts a green check back in progress. A commit that was there before may have one that is not on record: after
 * the record was lost. Of a new commit reading opens the first run.
 */
async function holdOf(
  record: RecordTransaction,
  target: JobTarget,
  { scope, isNewCommit = false }: Extract<Notice, { kind: "scope" }>,
  name: string,
): Promise<readonly NewJob[]> {
  const head = headOf(scope);
  const run = (await record.checks.find(target.repositoryId, head))?.run ?? null;
  const mayBeGreen =
    run === null ? !isNewCommit : run.pending || (run.conclusion !== null && run.conclusion !== "failure");
  return mayBeGreen ? [publishJob(target, head, `hold ${name}`, "hold")] : [];
}

/** Nothing for a key that is no pull request's. */
function askWhich(target: JobTarget, key: string, name: string): readonly NewJob[] {
  const number = /^pull_request:(\d+)$/.exec(key)?.[1];
  return number === undefined ? [] : [askPullJob(target, Number(number), name)];
}

async function acceptEnd(
  record: RecordTransaction,
  { repository, key, asOf }: Extract<Notice, { kind: "scope_ended" }>,
  { id, now, ends }: Accepting,
): Promise<readonly NewJob[]> {
  const target = targetOf(repository);
  await record.repositories.note(repository);
  const certain = ends.has(key);
  const { heads, more, undecided } = await endScopes(record, repository.id, key, asOf, now, { certain });
  const rest = { kind: "end_scopes", ...target, key, asOf: asOf.toISOString(), name: id, part: 1 } as const;
  return [
    ...heads.map((head) => publishJob(target, head, id, "trusted")),
    ...(more ? [endScopesJob(rest)] : []),
    ...(undecided ? askWhich(target, key, id) : []),
  ];
}

async function acceptRerun(
  record: RecordTransaction,
  { repository, head }: Extract<Notice, { kind: "rerun" }>,
  { id, fresh, now }: Accepting,
): Promise<readonly NewJob[]> {
  const target = targetOf(repository);
  await record.repositories.note(repository);
  if (!fresh) {
    const scopes = await record.scopes.atHead(repository.id, head);
    return scopes.filter((scope) => scope.state !== "read").map((scope) => scanJob(target, scope, "trusted"));
  }
  const scopes = await rereadHead(record, repository.id, head, now);
  await record.checks.wantNewRun(repository.id, head);
  return [
    publishJob(target, head, `rerun ${id}`, "hold"),
    ...scopes.map((scope) => scanJob(target, scope, "trusted")),
  ];
}

/** Reads what is new in the history, and shows it in a new run. */
async function acceptHistoryRerun(
  record: RecordTransaction,
  { repository, head }: Extract<Notice, { kind: "rerun_history" }>,
  { id, fresh, now }: Accepting,
): Promise<readonly NewJob[]> {
  const target = targetOf(repository);
  await record.repositories.note(repository);
  const check = await record.historyChecks.find(repository.id);
  const history = await record.histories.find(repository.id);
  if (!fresh || check?.head !== head || history === null) return [];
  await record.histories.ask([repository.id], now);
  await record.checks.touch(repository.id, [HISTORY_CHECK], now);
  await record.checks.wantNewRun(repository.id, HISTORY_CHECK);
  return [publishJob(target, HISTORY_CHECK, `rerun ${id}`, "trusted"), readHistoryJob(target, history.round)];
}

function targetOf({ id, installationId }: Pick<Repository, "id" | "installationId">): JobTarget {
  return { repositoryId: id, installationId };
}
