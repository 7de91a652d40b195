import { blocks, count, prose } from "../markdown.ts";
import { annotationsOf } from "./annotations.ts";
import { actionsOf } from "./buttons.ts";
import type { CheckRunInput, CheckRunReport, InProgressReport, ScanFailure } from "./check-run.ts";
import { mayShow, shownFindings } from "./credentials.ts";
import { detailsOf } from "./details.ts";
import { summaryOf } from "./summary.ts";
import { titleOf } from "./title.ts";

/** The finished check run of a verdict. Pure: the same input gives the same text. */
export function renderCheckRun(input: CheckRunInput): CheckRunReport {
  const { verdict, repository } = input;
  const findings = shownFindings(verdict, repository);
  const annotations = annotationsOf(
    verdict.judged.filter((judged) => judged.disposition === "leak" && mayShow(judged, repository)),
  );
  return {
    conclusion: verdict.conclusion,
    title: titleOf(verdict, findings),
    summary: summaryOf(input, findings, annotations.more),
    text: detailsOf(input, findings),
    annotations: annotations.shown,
    actions: actionsOf(input),
  };
}

/** The check run of a scan that failed: it read too little to judge the commit. */
export function scanFailedCheckRun({ problem, mode }: ScanFailure): CheckRunReport {
  return {
    conclusion: mode === "observe" ? "neutral" : "failure",
    title: "Scan incomplete: the scan itself failed",
    summary: blocks(
      "### Re-run this check",
      `Rollcall could not finish: ${prose(problem)}`,
      "Rollcall cannot tell whether these commits hold keys, so this check is not green. **Re-run** scans them again. If it keeps failing, ask whoever runs Rollcall to look in its log.",
    ),
    text: null,
    annotations: [],
    actions: [],
  };
}

/** @param scan `commits`: how many are to be read; null while unknown */
export function inProgressCheckRun(scan: { readonly commits: number | null }): InProgressReport {
  return {
    title: `Looking for Stripe keys${scan.commits === null ? "" : ` in ${count(scan.commits, "commit")}`}`,
    summary: "Rollcall reads every commit: changed files, file names, the message and the authors.",
  };
}
