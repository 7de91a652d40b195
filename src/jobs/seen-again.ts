/**
 * Keys that were rolled and that a new commit brings again, in any repository that shares their issue. Unless the key is
 * known to be dead, its leak is open again; where that is on, Stripe is asked.
 */
import { stateOfRows } from "../domain/index.ts";
import type { CurrentRepository, Finding, ScopeRecord } from "../domain/index.ts";
import { setIssueState } from "../github/index.ts";
import { decideSeenAgain } from "../policy/index.ts";
import type { Leak, NewLeak } from "../store/index.ts";
import { takeTickBack } from "./box-ticks.ts";
import type { JobContext } from "./context.ts";
import { unlessGone } from "./issue-now.ts";
import { activityOf, verificationOf } from "./key-activity.ts";
import { changeLeakState } from "./leak-state.ts";
import { sayOnce } from "./say-once.ts";

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
  for (const { leak } of again) await decide(context, leak);
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
): Promise<readonly { readonly leak: Leak; readonly findings: readonly Finding[] }[]> {
  const again = await seenAgain(context, repository, scope);
  if (again.length === 0 || !(await mayReport())) return [];
  for (const { leak, findings } of again) await raise(context, repository, leak, findings);
  return again;
}

/** Keys of new commits that are rolled, or whose leak is open again because of this scope. */
async function seenAgain(
  context: JobContext,
  repository: CurrentRepository,
  scope: ScopeRecord,
): Promise<readonly { readonly leak: Leak; readonly findings: readonly Finding[] }[]> {
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

function isAlarmOf({ state, stateHow, stateAt }: Leak, { firstNotedAt }: ScopeRecord): boolean {
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
): Promise<readonly string[]> {
  const { leaks } = context.record;
  const told: string[] = [];
  for (const { leak, reportRepositoryId, locations } of found) {
    const { fingerprint } = leak;
    const rows = await leaks.sharing(reportRepositoryId, fingerprint);
    const rolled = rows.find(({ state }) => state === "rolled");
    if (rolled === undefined || rows.some(({ repositoryId }) => repositoryId === repository.id)) continue;
    const commits = new Set<string | null>();
    for (const { repositoryId } of rows) {
      const known = (await leaks.locations(repositoryId, [fingerprint])).get(fingerprint) ?? [];
      for (const { commit } of known) commits.add(commit);
    }
    // A fork has the commits of its source.
    const findings = locations.filter(({ commit }) => !commits.has(commit));
    if (findings.length === 0) continue;
    await raise(context, repository, rolled, findings);
    told.push(fingerprint);
  }
  return told;
}

async function raise(
  context: JobContext,
  repository: CurrentRepository,
  leak: Leak,
  [first]: readonly Finding[],
): Promise<void> {
  const decision = leak.state === "open" ? "alarm" : await decide(context, leak);
  if (decision === "nothing") return;
  await unlessGone(() => tellIssue(context, repository, leak, first?.commit ?? null, decision === "alarm"));
}

/** Opens the leak, unless its key is known to be dead. */
async function decide(context: JobContext, leak: Leak): Promise<"alarm" | "note" | "nothing"> {
  const rows = await context.record.leaks.sharing(leak.reportRepositoryId, leak.fingerprint);
  const state = stateOfRows(rows) ?? leak.state;
  const { stateActor: actor, stateHow: how, stateAt: at } = leak;
  const cleared = how === null || at === null ? null : { actor, how, at };
  const verification = verificationOf(await activityOf(context, leak));
  const decision = decideSeenAgain({ state, cleared, ticked: false }, verification);
  if (decision === "alarm")
    await changeLeakState(context, leak, { from: state, to: "open", actor: null, how: "found_again" });
  return decision;
}

/** Says so in the issue, and reopens it for an alarm. */
async function tellIssue(
  context: JobContext,
  repository: CurrentRepository,
  leak: Leak,
  sha: string | null,
  alarm: boolean,
): Promise<void> {
  const { reportRepositoryId, issueNumber } = leak;
  const holder = await context.record.repositories.find(reportRepositoryId);
  if (issueNumber === null || holder?.state !== "active" || holder.defaultBranch === null) return;
  // In public nothing may tell that the key is dead.
  if (!alarm && !holder.private) return;
  const place: CurrentRepository = { ...holder, defaultBranch: holder.defaultBranch };
  const url = `${context.githubUrl}/${repository.owner}/${repository.name}`;
  const commit = sha === null || !holder.private ? null : { sha, url };
  const comment = { kind: "seen_again", alarm, commit } as const;
  await sayOnce(context, place, issueNumber, comment, `again:${sha ?? ""}`);
  if (!alarm) return;
  const octokit = await context.github.installation(holder.installationId);
  await takeTickBack(context, octokit, place, issueNumber, leak);
  await setIssueState(octokit, place, issueNumber, "open");
}
