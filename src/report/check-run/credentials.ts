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
 * Whether the check run of a repository may show a finding. On a public one, only what the pushed diff itself shows: what
 * only an earlier commit, a dropped one, a message or a name holds would be pointed out to everybody.
 */
export function mayShow({ dropped, head }: JudgedFinding, repository: ReportedRepository): boolean {
  return repository.private || (!dropped && head !== null);
}

/** The part of a verdict that the check run of a repository may show. */
export function shownFindings(verdict: Verdict, repository: ReportedRepository): ShownFindings {
  const leaks = verdict.judged.filter((judged) => judged.disposition === "leak");
  const shown = leaks.filter((judged) => mayShow(judged, repository));
  const shownFingerprints = new Set(shown.map((judged) => judged.finding.fingerprint));
  return {
    leaks: byCredential(shown, fingerprintOf),
    settled: byCredential(
      verdict.judged.filter((judged) => judged.disposition !== "leak" && mayShow(judged, repository)),
      (judged) => `${judged.disposition} ${fingerprintOf(judged)}`,
    ),
    withheld: byCredential(
      leaks.filter(
        (judged) => !mayShow(judged, repository) && !shownFingerprints.has(judged.finding.fingerprint),
      ),
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
