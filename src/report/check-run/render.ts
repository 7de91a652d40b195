import type {
  Annotation,
  CheckRunInput,
  CheckRunReport,
  InProgressReport,
  ScanFailure,
} from "./check-run.ts";

/** The finished check run of a verdict. Pure: the same input gives the same text. */
export function renderCheckRun(input: CheckRunInput): CheckRunReport {
  const { verdict } = input;
  const leaks = verdict.judged.filter((judged) => judged.disposition === "leak");
  return {
    conclusion: verdict.conclusion,
    title:
      leaks.length > 0
        ? `${leaks.length} Stripe keys leaked`
        : `No Stripe keys in ${verdict.coverage.commits} commits`,
    summary: leaks.map((leak) => leak.finding.redacted).join(", "),
    text: null,
    annotations: leaks.flatMap(({ annotation, head, finding }): Annotation[] =>
      annotation === null || head === null
        ? []
        : [
            {
              path: head.path,
              start_line: head.line,
              end_line: head.endLine,
              annotation_level: annotation,
              title: "Stripe key",
              message: finding.redacted,
            },
          ],
    ),
  };
}

/** The check run of a scan that died: it read too little to say anything of the commit. */
export function scanFailedCheckRun(failure: ScanFailure): CheckRunReport {
  return {
    conclusion: failure.mode === "observe" ? "neutral" : "failure",
    title: "Scan incomplete: the scan failed",
    summary: failure.problem,
    text: null,
    annotations: [],
  };
}

/** @param scan `commits`: how many are to be read; null while unknown */
export function inProgressCheckRun(scan: { readonly commits: number | null }): InProgressReport {
  return {
    title: scan.commits === null ? "Looking for Stripe keys" : `Reading ${scan.commits} commits`,
    summary: "Rollcall reads every commit, its message and its file names.",
  };
}
