/** What the owner's summary says of histories: how far the reading is, what was not read, and the keys that get no issue. */
import type { Finding, Gap, Origin } from "../../domain/index.ts";
import { blocks, code, commitUrl, count, link, table } from "../markdown.ts";
import { adviceFor } from "../words/advice.ts";
import { duration } from "../words/duration.ts";
import { gapText } from "../words/gap-text.ts";
import { kindTitle } from "../words/kind-title.ts";
import { authorName, dayOf } from "../words/past-words.ts";

/** Bytes of each of the two tables. */
const TABLE_BYTES = 7_000;

/** The histories of an owner's repositories. */
export interface SummaryHistory {
  readonly progress: HistoryProgress;
  /** Repositories whose history was not read, or not whole. */
  readonly unread: readonly UnreadHistory[];
  /** Live keys that get no issue, newest accounts first; at most as many as were read of all. */
  readonly unfiled: readonly UnfiledKey[];
  readonly unfiledCount: number;
  /** Live keys that wait for their issue. */
  readonly waitingCount: number;
  /** Live keys that only people without write access brought. */
  readonly strangerCount: number;
}

interface HistoryProgress {
  readonly repositories: number;
  /** At least once. */
  readonly read: number;
  readonly tooLarge: number;
  readonly bytes: number;
  readonly bytesRead: number;
  /** Null: not known. */
  readonly secondsLeft: number | null;
}

interface UnreadHistory {
  /** `owner/name`. */
  readonly repository: string;
  /** One plain sentence; null: it was read, but for the gaps. */
  readonly problem: string | null;
  readonly gaps: readonly Gap[];
}

interface UnfiledKey extends Pick<
  Finding,
  "kind" | "mode" | "confidence" | "redacted" | "account" | "commit"
> {
  readonly repository: string;
  readonly origin: Origin;
  readonly isAtTip: boolean;
}

export function historySection(history: SummaryHistory | null, githubUrl: string): readonly string[] {
  if (history === null) {
    const off = "Rollcall reads nothing from before it was installed, because of `history: off`.";
    return ["## Histories", off];
  }
  if (history.progress.repositories === 0) return [];
  return [
    "## Histories",
    blocks(
      progressText(history.progress),
      waitingText(history),
      unfiledText(history, githubUrl),
      strangerText(history),
      unreadText(history, githubUrl),
    ),
  ];
}

function progressText(progress: HistoryProgress): string {
  const { repositories, read, tooLarge, bytes, bytesRead, secondsLeft } = progress;
  const large = tooLarge === 0 ? "" : ` ${count(tooLarge, "is", "are")} too large to be read.`;
  if (read === repositories) return `The history of ${everyOne(repositories)} was read.`;
  const done = `**${read.toLocaleString("en-US")} of ${count(repositories, "repository", "repositories")}** (${size(bytesRead)} of ${size(bytes)})`;
  if (read + tooLarge >= repositories) return `The history of ${done} was read.${large}`;
  const left = secondsLeft === null ? "" : ` About ${duration(secondsLeft)} left.`;
  return `Rollcall is reading what the repositories held before it was installed: ${done} read.${left}${large}`;
}

function everyOne(repositories: number): string {
  return repositories === 1 ? "the repository" : `all ${count(repositories, "repository", "repositories")}`;
}

function waitingText({ waitingCount }: SummaryHistory): string | null {
  if (waitingCount === 0) return null;
  return `${count(waitingCount, "live key")} in histories ${waitingCount === 1 ? "waits" : "wait"} for an issue. Rollcall opens these issues at a pace, those of the newest accounts first.`;
}

function unfiledText(history: SummaryHistory, githubUrl: string): string | null {
  const { unfiled, unfiledCount } = history;
  if (unfiledCount === 0) return null;
  return blocks(
    `**${count(unfiledCount, "live key")}** in histories ${unfiledCount === 1 ? "has" : "have"} no issue, because of \`history: summary\` or \`mode: observe\`. **Roll ${unfiledCount === 1 ? "it" : "them"}.** With \`history: issues\` and \`mode: enforce\`, each gets an issue.`,
    table(
      ["Key", "Repository", "Came in", "Roll it"],
      unfiled,
      ({ repository, origin, commit, isAtTip, ...key }) => [
        `${code(key.redacted)}, ${kindTitle(key)}`,
        link(code(repository), `${githubUrl}/${repository}`),
        [
          dayOf(origin),
          commit === null
            ? ""
            : link(code(commit.slice(0, 7)), commitUrl(`${githubUrl}/${repository}`, commit)),
          authorName(origin),
          isAtTip ? "**still at the tip**" : "",
        ]
          .filter((part) => part !== "")
          .join(" "),
        pageOf(key),
      ],
      TABLE_BYTES,
      unfiledCount - unfiled.length,
    ),
  );
}

function pageOf(key: Pick<Finding, "kind" | "mode" | "confidence" | "account">): string {
  const { page, url } = adviceFor(key);
  return link(page, url);
}

function strangerText({ strangerCount }: SummaryHistory): string | null {
  if (strangerCount === 0) return null;
  return `${count(strangerCount, "live key")} ${strangerCount === 1 ? "is" : "are"} only in pull requests of people without write access. They get no issue, and Stripe is never asked about them. The check \`Rollcall history\` of a private repository lists them.`;
}

function unreadText({ unread }: SummaryHistory, githubUrl: string): string | null {
  if (unread.length === 0) return null;
  return blocks(
    "Keys in what was not read would not be found:",
    table(
      ["Repository", "Why"],
      unread,
      ({ repository, problem, gaps }) => [
        link(code(repository), `${githubUrl}/${repository}`),
        whyUnread(problem, gaps),
      ],
      TABLE_BYTES,
    ),
  );
}

function whyUnread(problem: string | null, [first, ...others]: readonly Gap[]): string {
  if (problem !== null) return code(problem);
  if (first === undefined) return "";
  const what = first.path === null ? gapText(first) : `${first.path}: ${gapText(first)}`;
  return `${code(what)}${others.length === 0 ? "" : ` and ${count(others.length, "more part")}`}`;
}

/** `1.2 GB`; sizes by GitHub are rounded anyway. */
function size(bytes: number): string {
  if (bytes < 1e6) return "less than 1 MB";
  return bytes < 1e9
    ? `${Math.round(bytes / 1e6).toLocaleString("en-US")} MB`
    : `${(bytes / 1e9).toFixed(1)} GB`;
}
