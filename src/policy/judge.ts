import { CONFIDENCES, isComplete } from "../domain/index.ts";
import type { Coverage, Gap, LeakState, ScopeFinding } from "../domain/index.ts";
import { compileAllowRules } from "./configuration/allow-rules.ts";
import type { Allowance } from "./configuration/allow-rules.ts";
import type { AllowRule, Configuration, ConfigurationProblem } from "./configuration/configuration.ts";
import { outcomeOf } from "./severity.ts";
import type { JudgedFinding, LeftToHistory, ScopeResult, Verdict } from "./verdict.ts";

/**
 * Judges a head commit: merges what all its active scopes found, asks the record and the allow rules about each finding,
 * and concludes with the worst. Its only text for people is why a finding does not count, and it never
 * turns a gap into success.
 */

/** What is judged of a scope: which commits it covers does not matter. */
type JudgedScope = Omit<ScopeResult, "scope">;

export interface Judgement {
  /** Every scope that is active for the head commit, in any order. */
  readonly scopes: readonly JudgedScope[];
  /** By fingerprint; a credential that is missing is an open leak without an issue. */
  readonly leaks: ReadonlyMap<string, LeakState>;
  /** Who told the checks to ignore a test key, by fingerprint. It never settles a live key. */
  readonly ignoredKeys?: ReadonlyMap<string, string>;
  readonly configuration: Configuration;
  readonly configurationProblems: readonly ConfigurationProblem[];
  /** Default null. */
  readonly leftToHistory?: LeftToHistory | null;
  readonly now: Date;
}

/**
 * The verdict of the worst of all scopes. Success only if every scope was read completely; without any scope nothing
 * was read, which is neutral.
 */
export function judge(judgement: Judgement): Verdict {
  const { scopes, configuration, configurationProblems, leftToHistory = null, now } = judgement;
  const allowanceOf = compileAllowRules(configuration.allow, now);
  const coverage = unionOfCoverage(scopes.map((scope) => scope.coverage));
  const judged = unionOfFindings(
    scopes.flatMap((scope) =>
      scope.findings.map((found) => judgeFinding(found, scope, judgement, allowanceOf(found.finding))),
    ),
  );
  const concluded = conclude(scopes.length, coverage, judged, configuration);
  return {
    // Not a failure: every branch would fail that begins at a commit from before the installation.
    conclusion: concluded === "success" && leftToHistory !== null ? "neutral" : concluded,
    judged,
    coverage,
    configuration,
    configurationProblems,
    leftToHistory,
  };
}

function conclude(
  scopes: number,
  coverage: Coverage,
  judged: readonly JudgedFinding[],
  configuration: Configuration,
): Verdict["conclusion"] {
  const failed = !isComplete(coverage) || judged.some((finding) => finding.effect === "failure");
  if (failed) return configuration.mode === "observe" ? "neutral" : "failure";

  return scopes === 0 || judged.some((finding) => finding.effect === "neutral") ? "neutral" : "success";
}

function judgeFinding(
  found: ScopeFinding,
  scope: JudgedScope,
  judgement: Judgement,
  allowance: Allowance,
): JudgedFinding {
  const { finding } = found;
  const { configuration, leaks } = judgement;
  const leak = leaks.get(finding.fingerprint);
  const silent = { annotation: null, effect: "none", opensIssue: false } as const;
  const common = { ...found, issue: leak?.issue ?? null };
  if (leak !== undefined && leak.state !== "open")
    return { ...common, ...silent, disposition: leak.state, reason: clearanceText(leak) };

  if (allowance.kind === "allowed")
    return { ...common, ...silent, disposition: "allowed", reason: explain(allowance.rule) };

  const ignoredBy = finding.mode === "test" ? judgement.ignoredKeys?.get(finding.fingerprint) : undefined;
  if (ignoredBy !== undefined)
    return { ...common, ...silent, disposition: "dismissed", reason: `dismissed by ${ignoredBy}` };

  const mayBeAllowedInline = finding.mode === "test" || finding.confidence === "low";
  if (finding.allowComment && scope.defaultBranch && mayBeAllowedInline)
    return { ...common, ...silent, disposition: "allowed", reason: "a rollcall:allow comment is next to it" };

  const { ignoredBy: setting, ...outcome } = outcomeOf(finding, configuration);
  if (setting !== null)
    return { ...common, ...outcome, disposition: "ignored", reason: `ignored by the setting ${setting}` };

  return { ...common, ...outcome, disposition: "leak", reason: whyNotAllowed(allowance) };
}

/** Who says so, and on what grounds; null where the record does not tell. */
function clearanceText({ cleared }: LeakState): string | null {
  if (cleared === null) return null;
  const by = cleared.actor === null ? "" : ` by ${cleared.actor}`;
  switch (cleared.how) {
    case "verified":
      return "verified: Stripe says that the key is dead";
    case "rebuilt":
      return "Rollcall closed its issue before its record was lost";
    case "attested":
      return `attested${by}, not verified`;
    case "attested_by_pusher":
      return `attested${by}, who brought the key, not verified`;
    case "dismissed":
      return `dismissed${by}`;
    default:
      return null;
  }
}

/** Why a rule that names the finding does not allow it; null if no rule names it. */
function whyNotAllowed(allowance: Allowance): string | null {
  switch (allowance.kind) {
    case "expired":
      return `allow rule expired: ${explain(allowance.rule)}`;
    case "refused":
      return `only the owner's file can allow a live key, so this rule does not apply: ${explain(allowance.rule)}`;
    case "allowed":
    case "none":
      return null;
  }
}

function explain(rule: AllowRule): string {
  const end = rule.until === null ? "" : `, valid until ${rule.until}`;
  return `${rule.reason}; ${rule.file === "owner" ? "the owner's allow rule" : "allow rule"} on line ${rule.line}${end}`;
}

/**
 * The same credential at the same place once, as the strictest scope judges it. It is in the head if any scope has it
 * there, and dropped only if every scope dropped it.
 */
function unionOfFindings(all: readonly JudgedFinding[]): JudgedFinding[] {
  const byPlace = new Map<string, JudgedFinding>();
  const inOrder = all
    .map((judged) => ({ judged, place: placeKey(judged) }))
    .sort((a, b) => byWeight(a.judged, b.judged) || compareText(a.place, b.place));
  for (const { judged } of inOrder) {
    const { fingerprint, commit, path, place, line, column } = judged.finding;
    const key = JSON.stringify([fingerprint, commit, path, place, line, column]);
    const before = byPlace.get(key);
    byPlace.set(
      key,
      before === undefined
        ? judged
        : {
            ...before,
            head: before.head ?? judged.head,
            headRead: before.headRead || judged.headRead,
            dropped: before.dropped && judged.dropped,
          },
    );
  }
  return [...byPlace.values()];
}

const DISPOSITIONS = ["leak", "dismissed", "allowed", "rolled", "ignored"] as const;
const EFFECTS = ["failure", "neutral", "none"] as const;
const ANNOTATIONS = ["failure", "warning", "notice", null] as const;

/** Together with `placeKey` a total order: only identical findings are equal. */
function byWeight(a: JudgedFinding, b: JudgedFinding): number {
  return (
    DISPOSITIONS.indexOf(a.disposition) - DISPOSITIONS.indexOf(b.disposition) ||
    EFFECTS.indexOf(a.effect) - EFFECTS.indexOf(b.effect) ||
    ANNOTATIONS.indexOf(a.annotation) - ANNOTATIONS.indexOf(b.annotation) ||
    Number(b.opensIssue) - Number(a.opensIssue) ||
    CONFIDENCES.indexOf(a.finding.confidence) - CONFIDENCES.indexOf(b.finding.confidence) ||
    Number(a.head === null) - Number(b.head === null)
  );
}

function placeKey({ finding, head, headRead, dropped }: JudgedFinding): string {
  const number = (value: number): string => value.toString().padStart(10, "0");
  return JSON.stringify([
    head?.path ?? finding.path,
    number(head?.line ?? finding.line),
    number(head?.column ?? finding.column),
    finding,
    head,
    headRead,
    dropped,
  ]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function unionOfCoverage(coverages: readonly Coverage[]): Coverage {
  const gaps = new Map<string, Gap>();
  for (const gap of coverages.flatMap((coverage) => coverage.gaps))
    gaps.set(JSON.stringify([gap.path ?? "", gap.commit ?? "", gap.reason, gap.detail]), gap);

  return {
    commits: Math.max(0, ...coverages.map((coverage) => coverage.commits)),
    files: Math.max(0, ...coverages.map((coverage) => coverage.files)),
    gaps: [...gaps].toSorted(([a], [b]) => compareText(a, b)).map(([, gap]) => gap),
  };
}
