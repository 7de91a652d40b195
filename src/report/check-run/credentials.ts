import type { Finding } from "../../domain/index.ts";
import type { JudgedFinding, Verdict } from "../../policy/index.ts";
import type { ReportedRepository } from "./check-run.ts";

/** One credential with all its places, the weightiest first. */
export interface Credential {
  readonly first: JudgedFinding;
  readonly places: readonly JudgedFinding[];
}

/** How much is known of what the credential is, which decides how it is spoken of. */
export type Class = "leaked" | "possible" | "test" | "uncertain";

export interface ShownFindings {
  /** What counts, in order of weight. */
  readonly leaks: readonly Credential[];
  /** Rolled, dismissed, allowed, ignored. */
  readonly settled: readonly Credential[];
  /** Credentials that count and of which nothing may be shown here. */
  readonly withheld: readonly Credential[];
}

/**
 * What of a verdict the check run of a repository may show. On a public one, a finding that stands only in commits
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

export function classOf({ finding, effect }: JudgedFinding): Class {
  if (finding.confidence === "low") {
    return "uncertain";
  }
  if (isTest(finding)) {
    return "test";
  }
  return finding.confidence === "medium" && effect === "failure" ? "possible" : "leaked";
}

export function isTest({ mode, kind }: Pick<Finding, "mode" | "kind">): boolean {
  return mode === "test" || kind === "sandbox_key";
}

function fingerprintOf(judged: JudgedFinding): string {
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
