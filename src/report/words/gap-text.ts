import type { Gap, GapReason } from "../../domain/index.ts";

interface GapWords {
  /** Why it was not read. */
  readonly why: string;
  /** What to do about it, as Markdown. */
  readonly todo: string;
}

const BY_HAND = "scan it with Rollcall's command line (`npm run -s scan -- FILE`)";

const GAP_WORDS: Readonly<Record<GapReason, GapWords>> = {
  too_large: {
    why: "too large to read",
    todo: `A re-run reads no more of it, and a later commit that removes it does not help. Rewrite the commit without the file, or with the file split; to know what it holds, ${BY_HAND}.`,
  },
  no_patch: {
    why: "no changed lines could be had",
    todo: `**Re-run** asks for them again. Until then, ${BY_HAND}.`,
  },
  unavailable: {
    why: "no longer available",
    todo: "**Re-run** fetches it again. What stays unavailable was deleted or cannot be fetched, so treat any key that stood in it as leaked.",
  },
  timeout: {
    why: "not read in time",
    todo: "**Re-run** goes on with what is left: commits that were read are remembered.",
  },
  too_many_commits: {
    why: "more commits than one scan reads",
    todo: "A re-run reads no more of them. Split it: push or propose fewer commits at a time, the oldest first.",
  },
  too_many_files: {
    why: "more files than one scan reads",
    todo: "A re-run reads no more of them. Split it: change fewer files in a commit, and push or propose fewer commits at a time.",
  },
  too_many_bytes: {
    why: "more content than one scan reads",
    todo: "A re-run reads no more of it. Split it: push less content at a time.",
  },
  too_many_findings: {
    why: "more findings than one scan records",
    todo: "Deal with the keys that are listed first. More than these are there.",
  },
  git_failed: {
    why: "git could not read it",
    todo: "**Re-run** fetches it again. If it keeps failing, the log of the app says why.",
  },
  api_failed: {
    why: "GitHub did not answer",
    todo: "**Re-run** in a few minutes.",
  },
  unreadable: {
    why: "could not be read",
    todo: "**Re-run** tries again. What stays unreadable, look through yourself.",
  },
  special_file: {
    why: "not a regular file",
    todo: "Rollcall reads regular files only: look through it yourself.",
  },
};

/** Why something was not read, without its place: `too large to read (11.2 MB, the limit is 10 MB)`. */
export function gapText({ reason, detail }: Pick<Gap, "reason" | "detail">): string {
  const { why } = GAP_WORDS[reason];
  return detail === "" ? why : `${why} (${detail})`;
}

/** One item for each reason: what it is, and what to do now. Markdown. */
export function gapAdvice(gaps: readonly Gap[]): string {
  return [...new Set(gaps.map((gap) => gap.reason))]
    .map((reason) => GAP_WORDS[reason])
    .map(({ why, todo }) => `- **${why.charAt(0).toUpperCase()}${why.slice(1)}:** ${todo}`)
    .join("\n");
}
