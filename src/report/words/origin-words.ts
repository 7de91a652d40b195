import type { Finding } from "../../domain/index.ts";
import { printable } from "../printable.ts";
import type { ReportedOrigin } from "../scan-report.ts";

/** Digits of an id that are shown. */
const SHORT = 12;
/** Branches that are named. */
const MAX_BRANCHES = 3;

/** Stands for the path of a finding that is in no file: `the message of commit 1a2b3c…`. */
export function placeWithoutPath(finding: Finding, { source, ref }: ReportedOrigin): string {
  const id = finding.commit === null ? "" : ` ${finding.commit.slice(0, SHORT)}`;
  switch (source) {
    case "commit":
      return finding.place === "author" ? `the people of commit${id}` : `the message of commit${id}`;
    case "tag":
      return `the tag${id}`;
    case "note":
      return "a git note";
    case "ref":
      return `the name of ${ref ?? "a ref"}`;
    case "file":
    case "loose":
      return "a file that belongs to no commit";
  }
}

/** `added in 1a2b3c by Ann <ann@example.com> on 2026-01-02; gone from the default branch; in main, v2`. */
export function originWords(finding: Finding, origin: ReportedOrigin): string {
  return [addedWords(finding, origin), tipWords(origin), reachWords(origin)]
    .filter((words) => words !== "")
    .join("; ");
}

function addedWords({ commit }: Finding, { source, author, date }: ReportedOrigin): string {
  if (commit === null || source === "ref" || source === "tag") return "";
  const by = author === null || author === "" ? "" : ` by ${printable(author)}`;
  const on = date === null ? "" : ` on ${date.slice(0, 10)}`;
  return `added in ${commit.slice(0, SHORT)}${by}${on}`;
}

function tipWords({ isAtTip }: ReportedOrigin): string {
  if (isAtTip === null) return "";
  return isAtTip ? "still at the tip of the default branch" : "not at the tip of the default branch";
}

function reachWords({ source, branches, hasMoreBranches, ref }: ReportedOrigin): string {
  if (source === "ref") return "";
  if (branches.length > 0) {
    const more = branches.length > MAX_BRANCHES || hasMoreBranches ? " and more" : "";
    return `in ${branches.slice(0, MAX_BRANCHES).map(printable).join(", ")}${more}`;
  }
  return ref === null ? "no ref leads to it, but git still has it" : `only in ${printable(ref)}`;
}
