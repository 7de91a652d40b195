import type { JudgedFinding, Verdict } from "../../policy/index.ts";
import { urgencyOf } from "../words/urgency.ts";
import type { Urgency } from "../words/urgency.ts";
import type { ReportedRepository } from "./check-run.ts";

/** One credential with all its places, the weightiest first. */
export interface Credential {
  readonly first: JudgedFinding;
  readonly places: readonly JudgedFinding[];
}

export interface ShownFindings {
  /** Credentials that count, in order of weight. */
  readonly leaks: readonly Credential[];
  /** Rolled, dismissed, allowed, ignored. */
  readonly settled: readonly Credential[];
  /** Credentials that count, but nothing of them may be shown here. */
  readonly withheld: readonly Credential[];
}

/**
 * The part of a verdict that the check run of a repository may show. On a public one, a finding that is only in commits
 * which a force-push dropped is withheld: the push itself does not publish it.
 */
export function shownFindings(verdict: Verdict, repository: ReportedRepository): ShownFindings {
  const mayShow = (judged: JudgedFinding): boolean => repository.private || !judged.dropped;
  const leaks = verdict.judged.filter((judged) => judged.disposition === "leak");
  const shown = leaks.filter(mayShow);
  const shownFingerprints = new Set(shown.map((judged) => judged.finding.fingerprint));
  return {
    leaks: byCredential(shown, fingerprintOf),
    settled: byCredential(
      verdict.judged.filter((judged) => judged.disposition !== "leak" && mayShow(judged)),
      (judged) => `${judged.disposition} ${fingerprintOf(judged)}`,
    ),
    withheld: byCredential(
      leaks.filter((judged) => !mayShow(judged) && !shownFingerprints.has(judged.finding.fingerprint)),
      fingerprintOf,
    ),
  };
}

export function urgencyOfCredential({ first }: Credential): Urgency {
  return urgencyOf(first.finding);
}

function fingerprintOf(judged: Pick<JudgedFinding, "finding">): string {
  return judged.finding.fingerprint;
}

function byCredential(
  judged: readonly JudgedFinding[],
  keyOf: (judged: JudgedFinding) => string,
): Credential[] {
  return [...Map.groupBy(judged, keyOf).values()].flatMap((places) => {
    const [first] = places;
    return first === undefined ? [] : [{ first, places }];
  });
}
