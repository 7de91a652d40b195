import { isComplete } from "../../domain/index.ts";
import type { Coverage } from "../../domain/index.ts";
import type { JudgedFinding, LeftToHistory } from "../../policy/index.ts";
import { gapAdvice, gapText } from "../words/gap-text.ts";
import { leftKeys } from "../words/past-words.ts";
import { isTestPlace } from "../words/prevention.ts";
import { blocks, code, count, prose, table } from "../markdown.ts";
import { clicksSection } from "./buttons.ts";
import type { CheckNotes, CheckRunInput, ReportedRepository } from "./check-run.ts";
import type { Credential, ShownFindings } from "./credentials.ts";
import { accountAges, factsOf, factsTable } from "./facts.ts";
import { firstAction } from "./first-action.ts";
import { fileLink, IN_A_CELL, shortCommit } from "./places.ts";

/**
 * The summary of a check run, for a person in a hurry: the one thing to do first, then the facts, then what was not
 * read and what is wrong with the configuration. Whatever can wait is in the details.
 */

/** Bytes of each table; with the facts and all sentences under 65,535. */
const MAX_GAPS_BYTES = 14_000;
const MAX_PROBLEMS_BYTES = 6_000;
const MAX_ACCEPTED_BYTES = 4_000;
const MAX_UNOPENED_BYTES = 2_000;

export function summaryOf(input: CheckRunInput, findings: ShownFindings, moreAnnotations: number): string {
  const { verdict } = input;
  const { leaks, withheld } = findings;
  return blocks(
    verdict.configuration.mode === "observe"
      ? "Rollcall only observes this repository (`mode: observe`): this check never fails, and no issue is opened."
      : null,
    leaks.length === 0 ? null : leaksSection(leaks, input),
    withheld.length === 0 ? null : withheldNote(withheld, leaks),
    leaks.some(({ places }) => places.some(isLiveInTestPlace))
      ? "A **live** key is in a file for tests, samples, documentation or development. Such a file never needs one: use a test key there."
      : null,
    moreAnnotations === 0
      ? null
      : `${count(moreAnnotations, "more line")} ${moreAnnotations === 1 ? "has" : "have"} no annotation, because only 200 fit. This summary includes every key.`,
    gapsSection(verdict.coverage, input),
    verdict.leftToHistory === null ? null : leftSection(verdict.leftToHistory),
    notesSection(input),
    clicksSection(input),
    problemsSection(input),
    coverageLine(verdict.coverage, findings, input.repository),
  );
}

function leaksSection(leaks: readonly Credential[], input: CheckRunInput): string {
  const { action, why } = firstAction(leaks, input);
  const [only] = leaks;
  return only !== undefined && leaks.length === 1
    ? blocks(action, factsOf(only, input), why)
    : blocks(action, why, factsTable(leaks, input), accountAges(leaks));
}

/** On a public repository. It gives neither a number nor a kind nor a place. */
function withheldNote(withheld: readonly Credential[], leaks: readonly Credential[]): string {
  const fails = withheld.some(({ first }) => first.effect === "failure");
  return blocks(
    leaks.length > 0 || !fails ? null : "### Roll every live Stripe key that this repository has used",
    `This check is about ${leaks.length > 0 ? "more than it shows" : "something that it does not show"}: this repository is public, and what the pushed diff does not show itself stays out of sight. The owner of this repository can see the details, if they named a private place for them.${fails ? " Rollcall's issue in this repository says what to do." : ""}`,
  );
}

function isLiveInTestPlace({ finding, head }: JudgedFinding): boolean {
  return finding.mode === "live" && finding.confidence !== "low" && isTestPlace(head?.path ?? finding.path);
}

function gapsSection(coverage: Coverage, { repository }: CheckRunInput): string | null {
  if (isComplete(coverage)) return null;

  return blocks(
    "### Not read",
    "Anything listed here may hold a key, so this check is not green.",
    gapAdvice(coverage.gaps),
    table(
      ["What", "Commit", "Why"],
      coverage.gaps,
      (gap) => [
        gap.path === null
          ? gap.commit === null
            ? "the whole push or pull request"
            : "the whole commit"
          : fileLink(repository.url, gap.commit, gap.path, null, IN_A_CELL),
        gap.commit === null ? "" : shortCommit(repository.url, gap.commit),
        prose(gapText(gap)),
      ],
      MAX_GAPS_BYTES,
    ),
  );
}

const FILING_WORDS: Readonly<Record<LeftToHistory["filing"], string>> = {
  issues:
    "Keys of histories get their issues one after the other. One that only people without write access brought gets none. The check **Rollcall history** lists them.",
  summary:
    "The owner's configuration gives keys of histories no issue (`history: summary` or `mode: observe`). The check **Rollcall history** lists them.",
  off: "The owner's configuration gives keys of histories no issue (`history: off`).",
};

/** What a new branch or tag holds from before the installation. Only on a private repository. */
function leftSection(left: LeftToHistory): string {
  const isSeveral = left.keys > 1;
  const keys = leftKeys(left);
  return blocks(
    "### Live keys from before",
    `${keys[0]?.toUpperCase() ?? ""}${keys.slice(1)} of an earlier commit ${isSeveral ? "are" : "is"} in the history of this commit, and ${isSeveral ? "have" : "has"} no issue. So this check is not green, though this push did not bring ${isSeveral ? "them" : "it"}. Roll ${isSeveral ? "them" : "it"}.`,
    FILING_WORDS[left.filing],
  );
}

const UNOPENED_WORDS = {
  damaged: "it is damaged",
  encrypted: "it is encrypted",
  unsupported: "its compression is not supported",
} as const;

/** What the record adds to the verdict: issues that could not be opened, gaps that were accepted, unread history. */
function notesSection({ notes, repository }: CheckRunInput): string | null {
  if (notes === undefined) return null;
  const { acceptedGaps, unopenedIssues, placeProblems, issuesElsewhere } = notes;
  const { unopenedArchives = [], loosenedRules, unreadHistory, ignoredKeys = [] } = notes;
  return blocks(
    issuesElsewhere === null ? null : elsewhereNote(issuesElsewhere, repository.private),
    placeProblems.length === 0
      ? null
      : blocks(
          "### Issues are not where the owner wants them",
          placeProblems.map((each) => `- ${prose(each)}`).join("\n"),
        ),
    unopenedIssues.length === 0
      ? null
      : blocks(
          "### No issue yet",
          "Rollcall could not open the issue for a key above and keeps trying:",
          unopenedIssues.map((problem) => `- ${prose(problem)}`).join("\n"),
        ),
    acceptedGaps.length === 0
      ? null
      : blocks(
          "### Accepted unread",
          table(
            ["What", "Why it was not read", "Accepted by"],
            acceptedGaps,
            ({ gap, login }) => [
              gap.path === null
                ? "the commit as a whole"
                : fileLink(repository.url, gap.commit, gap.path, null, IN_A_CELL),
              prose(gapText(gap)),
              prose(login),
            ],
            MAX_ACCEPTED_BYTES,
          ),
        ),
    ignoredKeys.length === 0
      ? null
      : blocks(
          "### Ignored test keys",
          table(
            ["Key", "Ignored by"],
            ignoredKeys,
            ({ redacted, login }) => [code(redacted), prose(login)],
            MAX_ACCEPTED_BYTES,
          ),
        ),
    unopenedArchives.length === 0
      ? null
      : blocks(
          "### Archives that could not be opened",
          "Rollcall searched their bytes as they are. A key inside an encrypted archive is not found.",
          table(
            ["What", "Commit", "Why"],
            unopenedArchives,
            ({ path, commit, reason }) => [
              fileLink(repository.url, commit, path, null, IN_A_CELL),
              shortCommit(repository.url, commit),
              UNOPENED_WORDS[reason],
            ],
            MAX_UNOPENED_BYTES,
          ),
        ),
    loosenedRules.length === 0
      ? null
      : blocks(
          "### This push loosens the rules",
          "It changes `.github/rollcall.yml`. This check still uses the rules from before. On the default branch the change would set:",
          loosenedRules.map((rule) => `- ${shownRule(rule, repository)}`).join("\n"),
        ),
    unreadHistory ? "Commits from before Rollcall was installed have not been read yet." : null,
  );
}

/** A developer may not see the place of the issues: the check says whom to ask. Names are the configuration's. */
function elsewhereNote({ ask }: NonNullable<CheckNotes["issuesElsewhere"]>, isPrivate: boolean): string {
  if (!isPrivate)
    return "The owner of this repository follows this in a private place. Ask the maintainers if you need the details.";

  const people = ask.map((login) => code(login)).join(", ");
  return `If you cannot open the issue, ask ${people === "" ? "an owner of this organization" : people}: it is in a private repository that not everyone sees.`;
}

/** A public check shows no fingerprint. */
function shownRule(rule: string, { private: isPrivate }: CheckRunInput["repository"]): string {
  return isPrivate || !rule.startsWith("allows the key") ? prose(rule) : "a new allow rule for a key";
}

function problemsSection({ verdict, repository }: CheckRunInput): string | null {
  const { configurationProblems: problems } = verdict;
  if (problems.length === 0) return null;

  return blocks(
    "### Fix `.github/rollcall.yml`",
    "The settings listed here have no effect. Until the file is correct, Rollcall uses its defaults, and the rest of the file can only make them stricter.",
    table(
      ["File", "Line", "What is wrong"],
      problems,
      ({ file, line, message }) => [
        file === "owner" ? "the owner's" : "this repository's",
        line === null ? "" : `${line}`,
        file === "owner" && !repository.private ? "not shown on a public repository" : prose(message),
      ],
      MAX_PROBLEMS_BYTES,
    ),
  );
}

function coverageLine(
  coverage: Coverage,
  { settled }: ShownFindings,
  repository: ReportedRepository,
): string {
  const read = `${count(coverage.commits, "commit")} and ${count(coverage.files, "changed file")}`;
  const known =
    settled.length === 0
      ? ""
      : ` ${count(settled.length, "key")} already handled${whoSaysSo(settled, repository)}: see **Already handled** below.`;
  return isComplete(coverage)
    ? `Read completely: ${read}, including commit messages, authors and file names.${known}`
    : `Read: ${read}, except for what is listed above.${known}`;
}

/** On what grounds a single key counts as handled. */
function whoSaysSo([only, ...others]: readonly Credential[], repository: ReportedRepository): string {
  if (only === undefined || others.length > 0 || !repository.private) return "";
  const { disposition, reason } = only.first;
  const told = disposition === "rolled" || disposition === "dismissed";
  return told && reason !== null ? ` (${prose(reason)})` : "";
}
