import type { Gap, GapReason } from "../../domain/index.ts";

interface GapWords {
  /** Why it was not read. */
  readonly why: string;
  /** The same where the command line says it; null for the same words. */
  readonly whyLocally: string | null;
  /** What to do about it, as Markdown. */
  readonly todo: string;
}

const BY_HAND = "scan the file with Rollcall's command line: `npm run -s scan -- FILE`";

const GAP_WORDS: Readonly<Record<GapReason, GapWords>> = {
  too_large: {
    why: "too large to read",
    whyLocally: null,
    todo: `Re-running does not help, and neither does a later commit that removes the file. To see whether it holds a key, ${BY_HAND}. To clear the check, rewrite the commit without the file, split the file, or let someone with the role \`dismiss_role\` click **Accept unread**.`,
  },
  no_patch: {
    why: "GitHub did not return the changed lines",
    whyLocally: "the patch does not show its content",
    todo: `**Re-run** asks GitHub again. If that does not help, ${BY_HAND}.`,
  },
  unavailable: {
    why: "no longer available",
    whyLocally: null,
    todo: "**Re-run** fetches it again. If it stays unavailable, treat every key it held as leaked.",
  },
  timeout: {
    why: "not read in time",
    whyLocally: null,
    todo: "**Re-run** continues where this scan stopped.",
  },
  too_many_commits: {
    why: "more commits than one scan reads",
    whyLocally: null,
    todo: "Re-running does not help. Push or propose fewer commits at a time, oldest first.",
  },
  too_many_files: {
    why: "more files than one scan reads",
    whyLocally: null,
    todo: "Re-running does not help. Change fewer files per commit, and push or propose fewer commits at a time.",
  },
  too_many_bytes: {
    why: "more content than one scan reads",
    whyLocally: null,
    todo: "Re-running does not help. Push less content at a time.",
  },
  too_many_findings: {
    why: "more findings than one scan records",
    whyLocally: null,
    todo: "There are more keys than listed here. Roll the listed keys, take them all out of the code, and scan again.",
  },
  git_failed: {
    why: "git could not read it",
    whyLocally: null,
    todo: "**Re-run** fetches it again. If it keeps failing, ask whoever runs Rollcall to look in its log.",
  },
  api_failed: {
    why: "GitHub did not answer",
    whyLocally: null,
    todo: "**Re-run** in a few minutes.",
  },
  unreadable: {
    why: "could not be read",
    whyLocally: null,
    todo: "**Re-run** tries again. If it stays unreadable, review it by hand; someone with the role `dismiss_role` can then click **Accept unread**.",
  },
  special_file: {
    why: "not a regular file",
    whyLocally: null,
    todo: "Rollcall reads regular files only. Review it by hand; someone with the role `dismiss_role` can then click **Accept unread**.",
  },
};

type Reported = Pick<Gap, "reason" | "detail">;

/** Why the app did not read something: `too large to read (11.2 MB, the limit is 10 MB)`. */
export function gapText(gap: Reported): string {
  return withDetail(GAP_WORDS[gap.reason].why, gap);
}

/** Why the command line did not read something. */
export function localGapText(gap: Reported): string {
  const { why, whyLocally } = GAP_WORDS[gap.reason];
  return withDetail(whyLocally ?? why, gap);
}

function withDetail(why: string, { detail }: Reported): string {
  return detail === "" ? why : `${why} (${detail})`;
}

/** One item for each reason: what happened, and what to do now. Markdown. */
export function gapAdvice(gaps: readonly Gap[]): string {
  return [...new Set(gaps.map((gap) => gap.reason))]
    .map((reason) => GAP_WORDS[reason])
    .map(({ why, todo }) => `- **${why.charAt(0).toUpperCase()}${why.slice(1)}:** ${todo}`)
    .join("\n");
}
