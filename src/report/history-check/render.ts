/**
 * The check run `Rollcall history`: what the history of a private repository holds. It is neutral whatever it says, because
 * nobody can change the past with a commit. Pure: the same record gives the same text.
 */
import type { Finding, PastFinding } from "../../domain/index.ts";
import type { HistoryKey } from "../../policy/index.ts";
import type { CheckRunReport } from "../check-run/check-run.ts";
import { shortCommit } from "../check-run/places.ts";
import { locationText } from "../issue/locations.ts";
import { blocks, code, commitUrl, count, link, prose, table } from "../markdown.ts";
import { accountAge } from "../words/account-words.ts";
import { activityNote } from "../words/activity.ts";
import { adviceFor } from "../words/advice.ts";
import { gapAdvice, gapText } from "../words/gap-text.ts";
import { kindTitle } from "../words/kind-title.ts";
import { authorName, dayOf, reachOf } from "../words/past-words.ts";
import type { HistoryCheckInput } from "./history-check.ts";

/** Bytes of each table; those of the summary together, and those of the text, stay under 65,535. */
const MAX_OPEN_BYTES = 34_000;
const MAX_GAPS_BYTES = 14_000;
const MAX_PLACES_BYTES = 34_000;
const MAX_SETTLED_BYTES = 12_000;
const MAX_OTHERS_BYTES = 12_000;

const NEVER_REQUIRED =
  "This check is always neutral. Do not require it in a branch rule: no commit can change what history holds.";

/** The keys of a history by what has to be done. */
interface Sorted {
  /** To be rolled. */
  readonly open: readonly HistoryKey[];
  /** Live keys that are rolled, dismissed or allowed. */
  readonly settled: readonly HistoryKey[];
  /** Live keys that only people without write access brought. */
  readonly strangers: readonly HistoryKey[];
  /** Test keys, short-lived keys and uncertain matches. */
  readonly others: readonly HistoryKey[];
}

export function renderHistoryCheck(input: HistoryCheckInput): CheckRunReport {
  const sorted = sort(input.keys);
  return neutral(titleOf(sorted, input), summaryOf(sorted, input), textOf(sorted, input));
}

/**
 * What takes the place of a run on an older commit, so details are on one commit only.
 *
 * @param url of the commit that has the check now
 */
export function movedHistoryCheck(repositoryUrl: string, head: string): CheckRunReport {
  const at = link(code(head.slice(0, 7)), commitUrl(repositoryUrl, head));
  return neutral("See the newest commit of the default branch", `This check has moved to ${at}.`, null);
}

/** What takes the place of a run where everybody can read it. It says the same whatever history holds. */
export function hiddenHistoryCheck(): CheckRunReport {
  return neutral(
    "Not shown on a public repository",
    "Rollcall shows nothing of what history holds on a public repository. Its owner can see it in the private repository that `issues.repository` of the configuration names.",
    null,
  );
}

function neutral(title: string, summary: string, text: string | null): CheckRunReport {
  return { conclusion: "neutral", title, summary, text, annotations: [], actions: [] };
}

function sort(keys: readonly HistoryKey[]): Sorted {
  const settledAs = new Set<HistoryKey["disposition"]>(["rolled", "dismissed", "allowed"]);
  // A settled leak was live, whatever is judged of it now.
  const isSettled = (key: HistoryKey) => settledAs.has(key.disposition) && !isHarmless(key.finding);
  const rest = keys.filter((key) => !isSettled(key));
  const live = rest.filter(({ isLive, disposition }) => isLive && disposition === "leak");
  return {
    open: live.filter(({ isTrusted }) => isTrusted),
    settled: keys.filter(isSettled),
    strangers: live.filter(({ isTrusted }) => !isTrusted),
    others: rest.filter((key) => !live.includes(key)),
  };
}

function isHarmless({ mode, kind, confidence }: Finding): boolean {
  return mode === "test" || kind === "sandbox_key" || kind === "ephemeral_key" || confidence === "low";
}

/** `3 live keys in history, 1 at the tip`. */
function titleOf({ open, settled, strangers }: Sorted, { gaps, problem }: HistoryCheckInput): string {
  if (problem !== null) return "History could not be read";
  const atTip = open.filter(({ isAtTip }) => isAtTip).length;
  const main =
    open.length > 0
      ? `${count(open.length, "live key")} in history, ${atTip === 0 ? "none" : atTip.toLocaleString("en-US")} at the tip`
      : settled.length > 0
        ? `No open key in history: ${settledCounts(settled)}`
        : "No live key in history";
  const notes = [
    ...(strangers.length === 0 ? [] : [`${strangers.length.toLocaleString("en-US")} only in pull requests`]),
    ...(gaps.length === 0 ? [] : ["not read completely"]),
  ];
  return [main, ...notes].join("; ");
}

/** `2 rolled, 1 dismissed`. */
function settledCounts(settled: readonly HistoryKey[]): string {
  const counts = Map.groupBy(settled, ({ disposition }) => disposition);
  return (["rolled", "dismissed", "allowed"] as const)
    .map((disposition) => [counts.get(disposition)?.length ?? 0, disposition] as const)
    .filter(([number]) => number > 0)
    .map(([number, disposition]) => `${number.toLocaleString("en-US")} ${disposition}`)
    .join(", ");
}

function summaryOf(sorted: Sorted, input: HistoryCheckInput): string {
  const { open, settled, strangers, others } = sorted;
  const { gaps, problem } = input;
  return blocks(
    problem === null
      ? null
      : blocks(
          "### Not read",
          `${prose(problem)} A key in the history of this repository would not be found. **Re-run** reads it again.`,
        ),
    open.length === 0 ? null : openSection(open, input),
    gaps.length === 0 ? null : gapsSection(input),
    strangers.length === 0
      ? null
      : `${count(strangers.length, "live key")} ${strangers.length === 1 ? "is" : "are"} only in pull requests of people without write access. Rollcall opens no issue for such a key and never asks Stripe about it: see **Only in pull requests** below.`,
    settled.length === 0
      ? null
      : `${count(settled.length, "key")} already handled: see **Already handled** below.`,
    others.length === 0
      ? null
      : `${count(others.length, "other match", "other matches")}, such as test keys: see **Other matches** below.`,
    readLine(input),
    NEVER_REQUIRED,
  );
}

function openSection(open: readonly HistoryKey[], input: HistoryCheckInput): string {
  const { repository, defaultBranch } = input;
  const atTip = open.filter(({ isAtTip }) => isAtTip).length;
  const [only] = open;
  const advice = only === undefined || open.length > 1 ? null : adviceFor(only.finding);
  return blocks(
    advice === null ? "### Roll these keys" : `### ${advice.action}: ${link(advice.page, advice.url)}`,
    advice === null ? null : advice.how,
    `Anyone who has a clone has ${open.length === 1 ? "this key" : "these keys"}. Only rolling ends a leak. Rewriting history is optional, and ends none: clones, forks, caches and pull request refs keep the key.`,
    atTip === 0
      ? null
      : `**${atTip.toLocaleString("en-US")}** ${atTip === 1 ? "is" : "are"} still in a file at the tip of ${code(defaultBranch)}.`,
    filingNote(open, input),
    table(
      ["Key", "Account", "Came in", "Where", "State"],
      open,
      (key) => [
        `${code(key.finding.redacted)} ${kindTitle(key.finding)}`,
        accountOf(key.finding),
        cameIn(key, repository.url),
        whereOf(key, input),
        stateOf(key, input),
      ],
      MAX_OPEN_BYTES,
    ),
  );
}

/** Why a key has no issue. */
function filingNote(open: readonly HistoryKey[], { filing, isTrial }: HistoryCheckInput): string | null {
  if (isTrial)
    return "Rollcall only observes this repository (`mode: observe`), so it opens no issue for these keys.";
  if (filing === "summary")
    return "The owner's configuration has `history: summary`, so Rollcall opens no issue for these keys.";
  return open.every(({ issue }) => issue !== null)
    ? null
    : "Keys without an issue get one soon: Rollcall opens them at a pace, those of the newest accounts first.";
}

function accountOf({ account, accountCreated }: Finding): string {
  if (account === null) return "unknown";
  return `${code(account)}${accountAge({ account, accountCreated })}`;
}

/** Commit, day and author of its first place. */
function cameIn({ places }: HistoryKey, repositoryUrl: string): string {
  const [first] = places;
  if (first === undefined) return "";
  const { finding, origin } = first;
  const parts = [
    dayOf(origin),
    finding.commit === null ? "" : shortCommit(repositoryUrl, finding.commit),
    authorName(origin),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function whereOf({ places, isAtTip }: HistoryKey, { repository }: HistoryCheckInput): string {
  const [first] = places;
  if (first === undefined) return "";
  const more = places.length - 1;
  return [
    `${placeOf(first, repository)}${more === 0 ? "" : ` and ${more.toLocaleString("en-US")} more`}`,
    ...(isAtTip ? ["**at the tip**"] : []),
  ].join(", ");
}

function placeOf({ finding }: PastFinding, { fullName, url }: HistoryCheckInput["repository"]): string {
  const { place, commit, path, line } = finding;
  return locationText({ place, commit, path, line, repository: { fullName, url } });
}

function stateOf({ finding, issue }: HistoryKey, { activities, filing }: HistoryCheckInput): string {
  const known = activities.get(finding.fingerprint);
  const note = known === undefined ? null : activityNote(known);
  const state =
    issue === null
      ? filing === "issues"
        ? "open, no issue yet"
        : "open"
      : `open: ${link(`issue\u{a0}${issue.number}`, issue.url)}`;
  return note === null ? state : `${state}, ${note}`;
}

function gapsSection({ gaps, repository }: HistoryCheckInput): string {
  return blocks(
    "### Not read",
    "Anything listed here may hold a key.",
    gapAdvice(gaps),
    table(
      ["What", "Commit", "Why"],
      gaps,
      (gap) => [
        gap.path === null ? "the history" : code(gap.path),
        gap.commit === null ? "" : shortCommit(repository.url, gap.commit),
        prose(gapText(gap)),
      ],
      MAX_GAPS_BYTES,
    ),
  );
}

function readLine({ readAt }: HistoryCheckInput): string | null {
  if (readAt === null) return null;
  return `Read on ${readAt.toISOString().slice(0, 10)}: every version of every file on every branch and tag, commit messages, people and file names. What is at the tip is as of that day, and later pushes have their own checks.`;
}

function textOf({ open, settled, strangers, others }: Sorted, input: HistoryCheckInput): string | null {
  const { repository } = input;
  const text = blocks(
    open.length === 0 ? null : blocks("### Every place", placesTable(open, input, MAX_PLACES_BYTES)),
    strangers.length === 0
      ? null
      : blocks("### Only in pull requests", placesTable(strangers, input, MAX_SETTLED_BYTES / 2)),
    settled.length === 0
      ? null
      : blocks(
          "### Already handled",
          table(
            ["Key", "Came in", "State"],
            settled,
            (key) => [
              `${code(key.finding.redacted)} ${kindTitle(key.finding)}`,
              cameIn(key, repository.url),
              settledAs(key),
            ],
            MAX_SETTLED_BYTES,
          ),
        ),
    others.length === 0
      ? null
      : blocks(
          "### Other matches",
          table(
            ["Match", "Came in", "Where"],
            others,
            (key) => [
              `${code(key.finding.redacted)} ${kindTitle(key.finding)}`,
              cameIn(key, repository.url),
              whereOf(key, input),
            ],
            MAX_OTHERS_BYTES,
          ),
        ),
  );
  return text === "" ? null : text;
}

function settledAs({ disposition, reason, issue }: HistoryKey): string {
  return [
    reason === null ? disposition : `${disposition}: ${prose(reason)}`,
    ...(issue === null ? [] : [link(`issue\u{a0}${issue.number}`, issue.url)]),
  ].join(", ");
}

function placesTable(keys: readonly HistoryKey[], input: HistoryCheckInput, budget: number): string {
  const { repository } = input;
  const rows = keys.flatMap(({ places }) => places);
  return table(
    ["Key", "Where", "Commit", "Day", "Author", "Reach"],
    rows,
    (past) => [
      code(past.finding.redacted),
      placeOf(past, repository),
      past.finding.commit === null ? "" : shortCommit(repository.url, past.finding.commit),
      dayOf(past.origin),
      past.origin.author === null ? "" : code(past.origin.author),
      reachText(past, repository.url),
    ],
    budget,
  );
}

function reachText({ origin, pulls }: PastFinding, repositoryUrl: string): string {
  if (pulls.length === 0) return reachOf(origin);
  const shown = pulls.slice(0, 3).map((number) => link(`#${number}`, `${repositoryUrl}/pull/${number}`));
  return `only in ${shown.join(", ")}${pulls.length > 3 ? " and more" : ""}`;
}
