import type { Finding, Gap } from "../../domain/index.ts";
import { duration } from "../words/duration.ts";
import { gapText } from "../words/gap-text.ts";
import { kindTitle } from "../words/kind-title.ts";
import { historySection } from "./history-section.ts";
import type { SummaryHistory } from "./history-section.ts";
import { blocks, code, commitUrl, count, link, table } from "../markdown.ts";

/** The summary that an owner gets in the private place: what is open, what was rolled, what was not read. */
export interface OwnerSummaryInput {
  /** The page of GitHub, without a slash at the end. */
  readonly githubUrl: string;
  /** One for each leak and repository, the oldest first; at most `openRead` of all. */
  readonly open: readonly SummaryLeak[];
  /** How many leaks are open. */
  readonly openCount: number;
  /** Rolled in the last seven days, the latest first. */
  readonly rolled: readonly SummaryLeak[];
  readonly unread: readonly SummaryUnread[];
  /** Null: the owner wants no histories to be read. */
  readonly history: SummaryHistory | null;
  readonly drills: readonly SummaryDrill[];
  readonly at: Date;
}

export interface SummaryLeak extends Pick<
  Finding,
  "kind" | "mode" | "confidence" | "redacted" | "fingerprint"
> {
  /** Leaks with the same id and fingerprint are one. */
  readonly reportRepositoryId: number;
  /** `owner/name`. */
  readonly repository: string;
  readonly issueUrl: string | null;
  readonly foundAt: Date;
  readonly rolledAt: Date | null;
}

/** A commit that was not read whole, without what a person accepted. */
export interface SummaryUnread {
  readonly repository: string;
  readonly head: string;
  readonly problem: string | null;
  readonly gaps: readonly Gap[];
}

export interface SummaryDrill {
  readonly number: number;
  readonly issueUrl: string | null;
  readonly openedAt: Date | null;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
  readonly outcome: "attested" | "skipped" | "lost" | null;
}

export interface OwnerSummary {
  readonly title: string;
  readonly body: string;
}

/** Finds the issue again. It counts only in an issue that this app wrote. */
const MARKER = "<!-- rollcall:summary -->";

const DAY_MS = 24 * 60 * 60_000;

/** Bytes of each table; GitHub's limit for all is 65,536 characters. */
const TABLE_BYTES = 11_000;

/** The columns of ages: up to how many days. */
const AGES = [
  ["under a day", 1],
  ["1 to 7 days", 7],
  ["7 to 30 days", 30],
  ["over 30 days", Number.POSITIVE_INFINITY],
] as const;

export function isOwnerSummary(body: string): boolean {
  return body.split("\n").includes(MARKER);
}

/** Pure, and the same for a whole day if nothing changes. */
export function renderOwnerSummary(input: OwnerSummaryInput): OwnerSummary {
  return {
    title: "Rollcall: summary of leaked Stripe keys",
    body: `${blocks(
      "Rollcall keeps this text up to date and overwrites changes to it. It holds no key.",
      "## Open leaks",
      openSection(input),
      "## Rolled in the last 7 days",
      rolledSection(input),
      "## Not read",
      unreadSection(input),
      ...historySection(input.history, input.githubUrl),
      ...drillSection(input),
      MARKER,
    )}\n`,
  };
}

function openSection({ open, openCount, githubUrl, at }: OwnerSummaryInput): string {
  if (openCount === 0) return "No leak is open.";
  const leaks = leaksOf(open);
  const byRepository = [...Map.groupBy(open, ({ repository }) => repository)].toSorted(
    ([, a], [, b]) => ageOf(b[0], at) - ageOf(a[0], at),
  );
  return blocks(
    `**${count(openCount, "leak")}** ${openCount === 1 ? "is" : "are"} open.${leaks.length < openCount ? ` The tables show the oldest ${leaks.length.toLocaleString("en-US")}.` : ""}`,
    table(
      ["Repository", "Open", ...AGES.map(([name]) => name)],
      byRepository,
      ([repository, all]) => [repositoryLink(githubUrl, repository), String(all.length), ...agesOf(all, at)],
      TABLE_BYTES,
    ),
    table(
      ["Open for", "Key", "Repository", "Issue"],
      leaks,
      ([leak, repositories]) => [
        days(ageOf(leak, at)),
        `${code(leak.redacted)}, ${kindTitle(leak)}`,
        repositoriesText(githubUrl, repositories),
        leak.issueUrl === null ? "none yet" : link(issueLabel(leak.issueUrl), leak.issueUrl),
      ],
      TABLE_BYTES,
    ),
  );
}

function rolledSection({ rolled, githubUrl }: OwnerSummaryInput): string {
  const leaks = leaksOf(rolled).flatMap(([leak, repositories]) =>
    leak.rolledAt === null
      ? []
      : [{ leak, repositories, seconds: secondsBetween(leak.foundAt, leak.rolledAt) }],
  );
  if (leaks.length === 0) return "None.";
  const times = leaks.map(({ seconds }) => seconds).toSorted((a, b) => a - b);
  const median = times[Math.floor((times.length - 1) / 2)] ?? 0;
  return blocks(
    leaks.length === 1
      ? `**1 leak**. It took ${duration(median)} from found to rolled.`
      : `**${count(leaks.length, "leak")}**. Half of them were rolled within ${duration(median)} of being found; the slowest took ${duration(times.at(-1) ?? 0)}.`,
    table(
      ["Rolled after", "Key", "Repository", "Issue"],
      leaks,
      ({ leak, repositories, seconds }) => [
        duration(seconds),
        `${code(leak.redacted)}, ${kindTitle(leak)}`,
        repositoriesText(githubUrl, repositories),
        leak.issueUrl === null ? "none" : link(issueLabel(leak.issueUrl), leak.issueUrl),
      ],
      TABLE_BYTES,
    ),
  );
}

function unreadSection({ unread, githubUrl }: OwnerSummaryInput): string {
  if (unread.length === 0) return "Everything was read, or accepted as unread.";
  return blocks(
    "Keys in these commits would not be found. Open the check of the commit: it says what to do.",
    table(
      ["Commit", "Repository", "Why"],
      unread,
      ({ repository, head, problem, gaps }) => [
        link(code(head.slice(0, 7)), commitUrl(`${githubUrl}/${repository}`, head)),
        repositoryLink(githubUrl, repository),
        whyUnread(problem, gaps),
      ],
      TABLE_BYTES,
    ),
  );
}

function whyUnread(problem: string | null, gaps: readonly Gap[]): string {
  const [first] = gaps;
  if (first === undefined) return problem === null ? "" : code(problem);
  return `${code(gapText(first))}${gaps.length > 1 ? ` and ${count(gaps.length - 1, "more part")}` : ""}`;
}

function drillSection({ drills }: OwnerSummaryInput): readonly string[] {
  const latest = drills.toSorted((a, b) => b.number - a.number).slice(0, 5);
  if (latest.length === 0) return [];
  return ["## Drills", latest.map((drill) => `- ${drillLine(drill)}`).join("\n")];
}

function drillLine({ number, issueUrl, openedAt, closedAt, closedBy, outcome }: SummaryDrill): string {
  const name = issueUrl === null ? `Drill ${number}` : link(`Drill ${number}`, issueUrl);
  const by = closedBy === null ? "" : ` by ${code(`@${closedBy}`)}`;
  if (openedAt === null || closedAt === null) return `${name}: open`;
  switch (outcome) {
    case "attested":
      return `${name}: done in ${duration(secondsBetween(openedAt, closedAt))}, attested${by}, not verified`;
    case "skipped":
      return `${name}: skipped${by}`;
    case "lost":
    case null:
      return `${name}: its issue was deleted`;
  }
}

type LeakWithRepositories = readonly [leak: SummaryLeak, repositories: readonly string[]];

/** The rows of one leak together, in the order of their first. */
function leaksOf(rows: readonly SummaryLeak[]): readonly LeakWithRepositories[] {
  const groups = Map.groupBy(
    rows,
    ({ reportRepositoryId, fingerprint }) => `${reportRepositoryId} ${fingerprint}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [[first, group.map(({ repository }) => repository)] as const];
  });
}

function repositoriesText(githubUrl: string, [first = "", ...more]: readonly string[]): string {
  return `${repositoryLink(githubUrl, first)}${more.length === 0 ? "" : ` and ${count(more.length, "other")}`}`;
}

function repositoryLink(githubUrl: string, repository: string): string {
  return link(code(repository), `${githubUrl}/${repository}`);
}

/** `#12`; the repository is in the address. */
function issueLabel(url: string): string {
  return `#${/(\d+)$/.exec(url)?.[1] ?? "issue"}`;
}

function agesOf(leaks: readonly SummaryLeak[], at: Date): readonly string[] {
  let from = 0;
  return AGES.map(([, to]) => {
    const number = leaks.filter((leak) => ageOf(leak, at) >= from && ageOf(leak, at) < to).length;
    from = to;
    return number === 0 ? "" : String(number);
  });
}

/** Full days. */
function ageOf(leak: SummaryLeak | undefined, at: Date): number {
  return leak === undefined ? 0 : Math.floor((at.getTime() - leak.foundAt.getTime()) / DAY_MS);
}

function days(number: number): string {
  return number < 1 ? "Less than a day" : count(number, "day");
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 1000);
}
