/**
 * Decides what is done with the keys that a history holds: which get an issue, which are only in the owner's summary. Their
 * issues are opened one after the other by `file-history.ts`, and the check on the history is written again.
 */
import type { CurrentRepository, Finding, PastFinding } from "../domain/index.ts";
import { filedAs, isToFile } from "../policy/index.ts";
import type { HistoryKey } from "../policy/index.ts";
import { HISTORY_CHECK, MAX_LOCATIONS } from "../store/index.ts";
import type { HistoryKeyPlan, RecordTransaction } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { feedHistories } from "./feed-histories.ts";
import { HISTORY_OFF, isHistoryWanted } from "./history-setting.ts";
import { judgedHistory } from "./history-findings.ts";
import type { JudgedHistory } from "./history-findings.ts";
import { issuePlaceOf } from "./issue-place.ts";
import { fileHistoryJob, publishJob, reportHistoryJob } from "./job.ts";
import type { ReportHistoryJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { publishAll } from "./publish-all.ts";

/** Reports what the last reading of a history found. The queue runs one such job of an installation at a time. */
export async function reportHistory(context: JobContext, job: ReportHistoryJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const history = await context.record.histories.find(repository.id);
  if (history === null) return;
  const plan = history.readAt === null ? [] : await planHistory(context, repository);
  const now = context.now();
  if (history.problem === HISTORY_OFF && (await isHistoryWanted(context, repository))) {
    await context.record.histories.ask([repository.id], now);
    await feedHistories(context.record, now, repository.installationId);
  }
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  await context.record.transaction(async (record) => {
    await record.lock([repository.id]);
    if (history.readAt !== null) await record.histories.setReportedAt(repository.id, now);
    // A public repository has such a check only if it was private before.
    if (!repository.private && (await record.checks.find(repository.id, HISTORY_CHECK)) === null) return;
    await record.checks.touch(repository.id, [HISTORY_CHECK], now);
    await record.enqueue([publishJob(target, HISTORY_CHECK, `reported ${now.toISOString()}`, "backlog")]);
  });
  if (!plan.some(({ standing }) => standing === "issue")) return;
  const occasion = `reported ${repository.id} ${now.toISOString()}`;
  await context.record.transaction((record) => record.enqueue([fileHistoryJob(target, occasion)]));
}

/** Notes what is to be done with each key of the history, as the configuration has it now. */
export async function planHistory(
  context: JobContext,
  repository: CurrentRepository,
): Promise<readonly HistoryKeyPlan[]> {
  const judged = await judgedHistory(context, repository);
  const plan = await planOf(context, repository, judged);
  await context.record.transaction(async (record) => {
    await record.lock([repository.id]);
    const before = await record.historyKeys.standings(repository.id);
    await record.historyKeys.plan(repository.id, plan);
    const after = await record.historyKeys.standings(repository.id);
    if (JSON.stringify(before) !== JSON.stringify(after))
      await publishNewRefs(record, repository, context.now());
  });
  return plan;
}

/** The checks of new branches and tags say which keys they leave to the history. Those of public repositories do not. */
export async function publishNewRefs(
  record: RecordTransaction,
  repository: CurrentRepository,
  now: Date,
): Promise<void> {
  if (!repository.private) return;
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  await publishAll(record, target, `history keys ${now.toISOString()}`, now, { newRefs: true });
}

async function planOf(
  context: JobContext,
  repository: CurrentRepository,
  judged: JudgedHistory,
): Promise<readonly HistoryKeyPlan[]> {
  const filing = filedAs(judged.configuration);
  if (filing === "off") return [];
  const live = judged.keys.filter(({ isLive, disposition }) => isLive && disposition === "leak");
  const strangers = live.filter(({ isTrusted }) => !isTrusted).map((key) => planFor(key, "stranger"));
  const ours = live.filter(isToFile);
  if (filing === "summary") return [...strangers, ...ours.map((key) => planFor(key, "summary"))];
  const { details } = await issuePlaceOf(context, repository);
  if (details.length === 0) {
    // On a public repository nothing may show that its history holds a key, so there is no place for it.
    if (ours.length > 0) {
      context.log.warn(
        { repository: repository.id, keys: ours.length },
        "the history of a public repository holds live keys, and its owner has named no private place for their issues (issues.repository)",
      );
    }
    return strangers;
  }
  const isTold = await whatIsTold(context, repository, judged);
  const left = await leftToPushes(context, repository, ours, judged);
  return [...strangers, ...left.filter((key) => !isTold(key)).map((key) => planFor(key, "issue"))];
}

function planFor(key: HistoryKey, standing: HistoryKeyPlan["standing"]): HistoryKeyPlan {
  const { fingerprint, accountCreated } = key.finding;
  return { fingerprint, standing, accountCreated, isAtTip: key.isAtTip };
}

/** In this time the report of a push has made leaks of what it found, unless the configuration was against it. */
const PUSH_REPORTS_MS = 60 * 60_000;

/** Without keys that a push has just brought: its own report makes leaks of them, and knows who pushed them. */
async function leftToPushes(
  context: JobContext,
  repository: CurrentRepository,
  keys: readonly HistoryKey[],
  { leaks }: JudgedHistory,
): Promise<readonly HistoryKey[]> {
  const left: HistoryKey[] = [];
  const since = new Date(context.now().getTime() - PUSH_REPORTS_MS);
  for (const key of keys) {
    const { fingerprint } = key.finding;
    const trusts = leaks.has(fingerprint)
      ? []
      : await context.record.scopes.trustsShowing(repository.id, fingerprint, since);
    if (trusts.every(({ kind }) => kind !== "writer")) left.push(key);
  }
  if (left.length < keys.length) await lookAgain(context, repository);
  return left;
}

/** The configuration of the push may have been against an issue, and the present one is not. */
async function lookAgain(context: JobContext, repository: CurrentRepository): Promise<void> {
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  const slot = Math.floor(context.now().getTime() / PUSH_REPORTS_MS) + 2;
  const job = reportHistoryJob(target, `left to pushes ${slot}`);
  const later = { ...job, runAfter: new Date(slot * PUSH_REPORTS_MS) };
  await context.record.transaction((record) => record.enqueue([later]));
}

/**
 * Whether the issue of a key tells of all its places, or of as many as are kept: where there are more, some of them are
 * never on record, so the key would be filed again and again.
 */
async function whatIsTold(
  context: JobContext,
  repository: CurrentRepository,
  { leaks }: JudgedHistory,
): Promise<(key: HistoryKey) => boolean> {
  const { record } = context;
  const locations = await record.leaks.locations(repository.id, [...leaks.keys()]);
  const standings = await record.historyKeys.standings(repository.id);
  const told = new Set(standings.filter(({ isTold }) => isTold).map(({ fingerprint }) => fingerprint));
  return ({ finding: { fingerprint }, places }) => {
    const known = locations.get(fingerprint) ?? [];
    if (known.length >= MAX_LOCATIONS && told.has(fingerprint)) return true;
    const onRecord = new Set(known.map((finding) => placeKey({ finding })));
    return places.every((place) => onRecord.has(placeKey(place)));
  };
}

/** A push may have seen the same place at another line of the commit. */
function placeKey({ finding }: Pick<PastFinding, "finding">): string {
  const { fingerprint, place, commit, path }: Finding = finding;
  return JSON.stringify([fingerprint, place, commit, path]);
}
