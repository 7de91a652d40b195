/**
 * Judges what the history of a repository holds by the rules for pushes: the same table of severities, allow rules and
 * states of leaks. It says which keys are to be filed, and in which order.
 */
import type { Finding, LeakState, PastFinding } from "../domain/index.ts";
import type { Configuration } from "./configuration/configuration.ts";
import { judge } from "./judge.ts";
import type { JudgedFinding } from "./verdict.ts";

/** One credential of a history, with all its places. */
export interface HistoryKey {
  /** Its surest finding. */
  readonly finding: Finding;
  /** In the order of the commits that brought them. Of a trusted key only those that people with write access brought. */
  readonly places: readonly PastFinding[];
  readonly disposition: JudgedFinding["disposition"];
  /** A push of it would open an issue. */
  readonly isLive: boolean;
  /** A person with write access brought it to one of its places. */
  readonly isTrusted: boolean;
  /** A file at the tip of the default branch holds it. */
  readonly isAtTip: boolean;
  /** Why it is allowed, ignored or cleared; null otherwise. */
  readonly reason: string | null;
  readonly issue: LeakState["issue"];
}

export interface HistoryJudgement {
  /** In the order of the commits that brought them. */
  readonly findings: readonly PastFinding[];
  /** By fingerprint, as for a commit. */
  readonly leaks: ReadonlyMap<string, LeakState>;
  readonly ignoredKeys: ReadonlyMap<string, string>;
  readonly configuration: Configuration;
  readonly now: Date;
}

/** Each credential once, in the order in which they came in. */
export function judgeHistory(judgement: HistoryJudgement): readonly HistoryKey[] {
  const { leaks, ignoredKeys, configuration, now } = judgement;
  const byKey = Map.groupBy(judgement.findings, ({ finding }) => finding.fingerprint);
  const counting = [...byKey.values()].map(countingPlaces);
  const findings = counting.flat();
  const scopeOf = (isAtTip: boolean) => ({
    // A comment next to a key counts once it is on the default branch.
    defaultBranch: isAtTip,
    findings: findings
      .filter(({ origin }) => (origin.isAtTip === true) === isAtTip)
      .map(({ finding }) => ({ finding, head: null, headRead: false, dropped: false })),
    coverage: { commits: 0, files: 0, gaps: [] },
  });
  const { judged } = judge({
    scopes: [scopeOf(true), scopeOf(false)],
    leaks,
    ignoredKeys,
    // What a trial would file is what it shows.
    configuration: { ...configuration, mode: "enforce" },
    configurationProblems: [],
    now,
  });
  const heaviest = new Map<string, JudgedFinding>();
  for (const each of judged)
    if (!heaviest.has(each.finding.fingerprint)) heaviest.set(each.finding.fingerprint, each);

  return counting.flatMap((places) => {
    const weight = heaviest.get(places[0]?.finding.fingerprint ?? "");
    return weight === undefined ? [] : [keyOf(weight, places)];
  });
}

/** Of a key that people with write access brought, what others did with it does not count. */
function countingPlaces(places: readonly PastFinding[]): readonly PastFinding[] {
  const trusted = places.filter(({ trust }) => trust === "writer");
  return trusted.length === 0 ? places : trusted;
}

function keyOf(weight: JudgedFinding, places: readonly PastFinding[]): HistoryKey {
  const { finding, disposition, opensIssue, reason, issue } = weight;
  return {
    finding,
    places,
    disposition,
    isLive: opensIssue,
    isTrusted: places.some(({ trust }) => trust === "writer"),
    isAtTip: places.some(({ origin }) => origin.isAtTip === true),
    reason,
    issue,
  };
}

/** Whether the key needs an issue. One that only people without write access brought stays on record alone. */
export function isToFile({ disposition, isLive, isTrusted }: HistoryKey): boolean {
  return disposition === "leak" && isLive && isTrusted;
}

/** What is done with the keys of a history: a trial files nothing, but shows what there is. */
export function filedAs({
  history,
  mode,
}: Pick<Configuration, "history" | "mode">): Configuration["history"] {
  return history === "issues" && mode === "observe" ? "summary" : history;
}

/**
 * The order in which keys are filed: newest accounts first, because their keys are the likeliest to work. Of one account
 * those that the default branch still shows come first. Keys without an account are of the oldest form.
 */
export function byNewestAccount(a: HistoryKey, b: HistoryKey): number {
  return (
    compare(b.finding.accountCreated ?? "", a.finding.accountCreated ?? "") ||
    Number(b.isAtTip) - Number(a.isAtTip) ||
    compare(a.finding.fingerprint, b.finding.fingerprint)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
