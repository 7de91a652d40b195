import type { Gap, GapReason } from "../policy/index.ts";

const GAP_TEXTS: Readonly<Record<GapReason, string>> = {
  too_large: "too large to read",
  no_patch: "no changed lines could be had",
  unavailable: "no longer available",
  timeout: "not read in time",
  too_many_commits: "more commits than one scan reads",
  too_many_files: "more files than one scan reads",
  too_many_bytes: "more content than one scan reads",
  too_many_findings: "more findings than one scan records",
  git_failed: "git could not read it",
  api_failed: "GitHub did not answer with it",
  unreadable: "could not be read",
  special_file: "not a regular file",
};

/** Why something was not read, without its place: `too large to read (11.2 MB, the limit is 10 MB)`. */
export function gapText({ reason, detail }: Pick<Gap, "reason" | "detail">): string {
  return detail === "" ? GAP_TEXTS[reason] : `${GAP_TEXTS[reason]} (${detail})`;
}
