/**
 * Keys that were rolled and that a new commit brings again, in any repository that shares their issue. Unless the key is
 * known to be dead, its leak is open again; where that is on, Stripe is asked.
 */
import { stateOfRows } from "../domain/index.ts";
import type { CurrentRepository, Finding, ScopeRecord } from "../domain/index.ts";
import { readLastChange, setIssueState } from "../github/index.ts";
import { decideSeenAgain } from "../policy/index.ts";
import { boxIdOf } from "../report/index.ts";
import type { Leak, NewLeak } from "../store/index.ts";
import { takeTickBack } from "./box-ticks.ts";
import type { JobContext } from "./context.ts";
import { isGone, unlessGone } from "./issue-now.ts";
import { activityOf, verificationOf } from "./key-activity.ts";
import { changeLeakState } from "./leak-state.ts";
import { sayEachOnce, sayOnce } from "./say-once.ts";

/** A key that is on record as rolled, with the places where new commits bring it. */
interface Again {
  readonly leak: Leak;
  readonly findings: readonly Finding[];
}

/**
 * Opens the leaks of rolled keys that a scope brings in new commits. Call it before the scope counts as read: otherwise
 * its check could be green until the issue is told.
 */
export async function reopenSeenAgain(
  context: JobContext,
  repository: CurrentRepository,
  scope: ScopeRecord,
  mayReport: () => Promise<boolean>,
): Promise<void> {
  const again = (await seenAgain(context, repository, scope)).filter(({ leak }) => leak.state === "rolled");
  if (again.length === 0 || !(await mayReport())) return;
  for (const { leak } of again) await decide(context, leak, scope.asOf);
}

/**
 * Tells the issues of rolled keys that a scope brings again. Call it before its locations are recorded.
 *
 * @param mayReport whether the author of the scope may cause an issue
 * @returns the findings that are new, for their locations to be recorded
 */
export async function noteSeenAgain(
  context: JobContext,
  repository: CurrentRepository,
  scope: ScopeRecord,
  mayReport: () => Promise<boolean>,
): Promise<readonly Again[]> {
  const again = await seenAgain(context, repository, scope);
  if (again.length === 0 || !(await mayReport())) return [];
  await raise(context, repository, again, scope.asOf);
  return again;
}

/** Keys of new commits that are rolled, or whose leak is open again because of this scope. */
async function seenAgain(
  context: JobContext,
  repository: CurrentRepository,
  scope: ScopeRecord,
): Promise<readonly Again[]> {
  const { leaks } = context.record;
  const found = Map.groupBy(
    scope.findings.map(({ finding }) => finding),
    ({ fingerprint }) => fingerprint,
  );
  if (found.size === 0) return [];
  const known = await leaks.find(repository.id, [...found.keys()]);
  const rolled = [...known.values()].filter((leak) => leak.state === "rolled" || isAlarmOf(leak, scope));
  if (rolled.length === 0) return [];
  const locations = await leaks.locations(
    repository.id,
    rolled.map(({ fingerprint }) => fingerprint),
  );
  return rolled.flatMap((leak) => {
    const commits = new Set((locations.get(leak.fingerprint) ?? []).map(({ commit }) => commit));
    const findings = (found.get(leak.fingerprint) ?? []).filter(({ commit }) => !commits.has(commit));
    return findings.length === 0 ? [] : [{ leak, findings }];
  });
}

/** Whether the leak is open again since the scope was accepted: because of it, as far as can be known. */
function isAlarmOf(
  { state, stateHow, stateAt }: Leak,
  { firstNotedAt }: Pick<ScopeRecord, "firstNotedAt">,
): boolean {
  return state === "open" && stateHow === "found_again" && stateAt !== null && stateAt >= firstNotedAt;
}

/**
 * Looks at the keys that are new to this repository, but on record as rolled in another one with the same place of report.
 * Call it before they are recorded: they get the state that the key has then.
 *
 * @param found may be reported
 * @returns fingerprints of those that the issue was told of
 */
export async function noteSeenElsewhere(
  context: JobContext,
  repository: CurrentRepository,
  found: readonly NewLeak[],
  scope: Pick<ScopeRecord, "firstNotedAt" | "asOf">,
): Promise<readonly string[]> {
  const { leaks } = context.record;
  const again: Again[] = [];
  for (const { leak, reportRepositoryId, locations } of found) {
    const { fingerprint } = leak;
    const rows = await leaks.sharing(reportRepositoryId, fingerprint);
    const rolled = rows.find((row) => row.state === "rolled" || isAlarmOf(row, scope));
    if (rolled === undefined || rows.some(({ repositoryId }) => repositoryId === repository.id)) continue;
    const commits = new Set<string | null>();
    for (const { repositoryId } of rows) {
      const known = (await leaks.locations(repositoryId, [fingerprint])).get(fingerprint) ?? [];
      for (const { commit } of known) commits.add(commit);
    }
    // A fork has the commits of its source.
    const findings = locations.filter(({ commit }) => !commits.has(commit));
    if (findings.length === 0) continue;
    again.push({ leak: rolled, findings });
  }
  await raise(context, repository, again, scope.asOf);
  return again.map(({ leak }) => leak.fingerprint);
}

/** Opens the leaks that this makes open, and tells each issue once of all its keys in a commit. */
async function raise(
  context: JobContext,
  repository: CurrentRepository,
  again: readonly Again[],
  pushedAt: Date,
): Promise<void> {
  const toTell: Telling[] = [];
  for (const { leak, findings } of again) {
    const decision = leak.state === "open" ? "alarm" : await decide(context, leak, pushedAt);
    if (decision === "nothing") continue;
    toTell.push({ leak, alarm: decision === "alarm", sha: findings[0]?.commit ?? null });
  }
  const byIssue = Map.groupBy(
    toTell,
    ({ leak, alarm }) => `${leak.reportRepositoryId} ${leak.issueNumber} ${alarm}`,
  );
  for (const together of byIssue.values()) await unlessGone(() => tellIssue(context, repository, together));
}

/** What the issue of a leak is to be told. */
interface Telling {
  readonly leak: Leak;
  readonly alarm: boolean;
  readonly sha: string | null;
}

/** Opens the leak, unless its key is known to be dead or the commit is older than what was said of it. */
async function decide(
  context: JobContext,
  leak: Leak,
  pushedAt: Date,
): Promise<"alarm" | "note" | "nothing"> {
  const rows = await context.record.leaks.sharing(leak.reportRepositoryId, leak.fingerprint);
  const state = stateOfRows(rows) ?? leak.state;
  const { stateActor: actor, stateHow: how, stateAt: at } = leak;
  const cleared = how === null || at === null ? null : { actor, how, at };
  const verification = verificationOf(await activityOf(context, leak));
  const pushed = (await isOlder(context, leak, pushedAt)) ? "before" : "since";
  const decision = decideSeenAgain({ state, cleared, ticked: false }, verification, pushed);
  if (decision === "alarm")
    await changeLeakState(context, leak, { from: state, to: "open", actor: null, how: "found_again" });
  return decision;
}

/**
 * Whether GitHub had the commits before a person closed the issue. Both times are GitHub's own: what the record has may be
 * hours later.
 *
 * @param pushedAt when GitHub had them at the latest
 */
async function isOlder(context: JobContext, leak: Leak, pushedAt: Date): Promise<boolean> {
  const { stateAt, settledEvent, reportRepositoryId, issueNumber } = leak;
  if (stateAt === null || pushedAt >= stateAt || settledEvent === null || issueNumber === null) return false;
  const holder = await context.record.repositories.find(reportRepositoryId);
  if (holder?.state !== "active") return false;
  const octokit = await context.github.installation(holder.installationId);
  try {
    const change = await readLastChange(octokit, holder, issueNumber);
    return change?.kind === "closed" && change.id === settledEvent && pushedAt < change.at;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** Says so in the issue, and reopens it for an alarm. */
async function tellIssue(
  context: JobContext,
  repository: CurrentRepository,
  together: readonly Telling[],
): Promise<void> {
  const [one] = together;
  if (one === undefined) return;
  const { alarm } = one;
  const { reportRepositoryId, issueNumber } = one.leak;
  const holder = await context.record.repositories.find(reportRepositoryId);
  if (issueNumber === null || holder?.state !== "active" || holder.defaultBranch === null) return;
  const place: CurrentRepository = { ...holder, defaultBranch: holder.defaultBranch };
  if (holder.private) await tellInPrivate(context, repository, { place, issueNumber, alarm }, together);
  // In public nothing may tell that the key is dead, nor how many there are or in which commits.
  else if (alarm) await tellInPublic(context, place, issueNumber, one.sha);
  if (!alarm) return;
  const octokit = await context.github.installation(holder.installationId);
  for (const { leak } of together) await takeTickBack(context, octokit, place, issueNumber, leak);
  await setIssueState(octokit, place, issueNumber, "open");
}

async function tellInPrivate(
  context: JobContext,
  repository: CurrentRepository,
  issue: { readonly place: CurrentRepository; readonly issueNumber: number; readonly alarm: boolean },
  together: readonly Telling[],
): Promise<void> {
  const { place, issueNumber, alarm } = issue;
  const rows = await context.record.leaks.withIssue(place.id, issueNumber);
  const isAboutOne = new Set(rows.map(({ fingerprint }) => fingerprint)).size < 2;
  const url = `${context.githubUrl}/${repository.owner}/${repository.name}`;
  for (const [sha, leaks] of Map.groupBy(together, (telling) => telling.sha)) {
    const commit = sha === null ? null : { sha, url };
    await sayEachOnce(
      context,
      place,
      issueNumber,
      leaks.map(({ leak: { fingerprint, redacted } }) => {
        const box = boxIdOf(context.marker(place.id, fingerprint));
        return { id: `again:${sha ?? ""}${isAboutOne ? "" : `:${box}`}`, about: redacted };
      }),
      (redacted) => ({ kind: "seen_again", alarm, commit, redacted: isAboutOne ? [] : redacted }),
    );
  }
}

async function tellInPublic(
  context: JobContext,
  place: CurrentRepository,
  number: number,
  sha: string | null,
): Promise<void> {
  const comment = { kind: "seen_again", alarm: true, commit: null, redacted: [] } as const;
  // The id of the comment is in its source, which everybody can read.
  await sayOnce(context, place, number, comment, `again:${context.marker(place.id, `again ${sha ?? ""}`)}`);
}
