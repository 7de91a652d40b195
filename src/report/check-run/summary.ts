import { isComplete } from "../../policy/index.ts";
import type { Coverage, JudgedFinding } from "../../policy/index.ts";
import { gapText } from "../gap-text.ts";
import { kindTitle } from "../kind-title.ts";
import { blocks, code, count, link, prose, table } from "../markdown.ts";
import { isTestPlace } from "../prevention.ts";
import { rollingOf } from "../rolling-steps.ts";
import type { CheckRunInput, ReportedRepository } from "./check-run.ts";
import { classOf, isTest } from "./credentials.ts";
import type { Credential, ShownFindings } from "./credentials.ts";
import { distinctPlaces, fileLink, placeOf, shortCommit } from "./places.ts";

/** Bytes for each table; together, with the sentences around them, under 65,535. */
const LEAKS_BUDGET = 34_000;
const GAPS_BUDGET = 16_000;
const PROBLEMS_BUDGET = 10_000;
/** Of one credential; the rest stands in the details. */
export const PLACES_IN_A_ROW = 3;

/** What a person in a hurry needs, the one thing to do first. */
export function summaryOf(input: CheckRunInput, findings: ShownFindings, moreAnnotations: number): string {
  const { verdict } = input;
  const { leaks, withheld } = findings;
  return blocks(
    verdict.configuration.mode === "observe"
      ? "Rollcall only observes here (`mode: observe`): this check fails for nothing, and no issue is filed."
      : null,
    leaks.length === 0 ? null : firstAction(leaks, input.repository),
    leaks.length === 0 ? null : leaksTable(leaks, input),
    withheld.length === 0 ? null : withheldNote(withheld),
    leaks.some(({ places }) => places.some(isLiveInTestPlace))
      ? "A **live** key stands in a file for tests, samples, documentation or development. Those never need one: use a test key there."
      : null,
    moreAnnotations === 0
      ? null
      : `${count(moreAnnotations, "more line")} would be annotated than fit; all keys are in this summary.`,
    gapsSection(verdict.coverage, input),
    problemsSection(input),
    coverageLine(verdict.coverage, findings),
  );
}

function firstAction(leaks: readonly Credential[], repository: ReportedRepository): string {
  const urgent = leaks.filter(({ first }) => classOf(first) === "leaked" && first.effect === "failure");
  const possible = leaks.filter(({ first }) => classOf(first) === "possible");
  const [only, second] = urgent;
  if (only !== undefined) {
    const { url, page, how, danger, verb } = rollingOf(only.first.finding);
    const action =
      second === undefined
        ? `### ${verb} now: ${link(page, url)}\n\nThere: ${how}. ${danger}`
        : `### Roll these ${urgent.length} now\n\nThe links in the table open the right pages. For a key: its overflow menu → **Rotate key** → expiration **Now**.`;
    return blocks(
      action,
      `Deleting the line does not help: every clone, fork and cache keeps it.${howToClear(urgent, repository)}`,
    );
  }
  const [maybe] = possible;
  if (maybe !== undefined) {
    const { url, page } = rollingOf(maybe.first.finding);
    return `### Is it a Stripe key? Compare its last four characters with the ${link(page, url)}\n\nIf it is there, roll it now: deleting the line does not help.${howToClear(possible, repository)}`;
  }
  if (leaks.some(({ first }) => isTest(first.finding) && first.effect !== "none")) {
    return "### Take the test key out of the code\n\nIt opens test data only. Replace it when you can, and read the next one from the environment.";
  }
  return leaks.some(({ first }) => first.effect !== "none")
    ? "### Keep it out of the code\n\nWhat was found is short-lived or works on one machine only; it still belongs in no repository."
    : "Nothing to act on. What is listed looks a little like a Stripe key and is probably none.";
}

function howToClear(leaks: readonly Credential[], repository: ReportedRepository): string {
  return leaks.some(({ first }) => issueLink(first, repository) !== null)
    ? " Once it is rolled, close its issue as completed; history need not be rewritten."
    : "";
}

function leaksTable(leaks: readonly Credential[], { repository, head }: CheckRunInput): string {
  return table(
    ["Found", "What it is", "Account", "Where", "Confidence", "Do now"],
    leaks,
    ({ first, places }) => {
      const { finding } = first;
      const where = distinctPlaces(places);
      const shown = where.slice(0, PLACES_IN_A_ROW).map((place) => placeOf(place, repository.url, head));
      const more = where.length - shown.length;
      return [
        code(finding.redacted),
        `${kindTitle(finding)}${finding.encoding === "plain" ? "" : ` (${ENCODINGS[finding.encoding]})`}`,
        accountOf(finding),
        `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
        finding.confidence,
        actionOf(first, repository),
      ];
    },
    LEAKS_BUDGET,
  );
}

const ENCODINGS = {
  escaped: "escaped",
  url: "URL-encoded",
  base64: "in base64",
  utf16: "in UTF-16",
  joined: "joined from pieces",
} as const;

function accountOf({ account, accountCreated }: JudgedFinding["finding"]): string {
  if (account === null) {
    return "not in the key";
  }
  return accountCreated === null ? code(account) : `${code(account)}, made ${accountCreated}`;
}

function actionOf(judged: JudgedFinding, repository: ReportedRepository): string {
  const { finding } = judged;
  const { url, verb } = rollingOf(finding);
  const issue = issueLink(judged, repository);
  const reason = judged.reason === null || !repository.private ? [] : [prose(judged.reason)];
  const actions = {
    leaked: [link(`**${verb}**`, url)],
    possible: [link("**Compare and roll**", url)],
    test: [link("Replace it", url)],
    uncertain: ["Have a look"],
  };
  return [...actions[classOf(judged)], ...(issue === null ? [] : [issue]), ...reason].join(", ");
}

/** An issue of another repository is named on a private one only: its address may be nobody's business. */
export function issueLink({ issue }: JudgedFinding, repository: ReportedRepository): string | null {
  if (issue === null || !(repository.private || issue.url.startsWith(`${repository.url}/issues/`))) {
    return null;
  }
  return link(`issue ${issue.number}`, issue.url);
}

function withheldNote(withheld: readonly Credential[]): string {
  return `${count(withheld.length, "more Stripe key")} ${withheld.length === 1 ? "is" : "are"} in commits that this branch no longer holds. Roll every key that stood in them. The repository is public, so no more is shown here.`;
}

function isLiveInTestPlace({ finding, head }: JudgedFinding): boolean {
  return finding.mode === "live" && finding.confidence !== "low" && isTestPlace(head?.path ?? finding.path);
}

function gapsSection(coverage: Coverage, { repository }: CheckRunInput): string | null {
  if (isComplete(coverage)) {
    return null;
  }
  return blocks(
    "### Not read",
    "A key could stand here, so this check is not green. **Re-run** reads these again.",
    table(
      ["What", "Commit", "Why"],
      coverage.gaps,
      (gap) => [
        gap.path === null
          ? gap.commit === null
            ? "the scope as a whole"
            : "the commit as a whole"
          : fileLink(repository.url, gap.commit, gap.path, null),
        gap.commit === null ? "" : shortCommit(repository.url, gap.commit),
        prose(gapText(gap)),
      ],
      GAPS_BUDGET,
    ),
  );
}

function problemsSection({ verdict, repository }: CheckRunInput): string | null {
  const { configurationProblems: problems } = verdict;
  if (problems.length === 0) {
    return null;
  }
  return blocks(
    "### `.github/rollcall.yml` needs a correction",
    "What is listed has no effect. While a file has a mistake in it, the defaults apply, and it can only make them stricter.",
    table(
      ["File", "Line", "What is wrong"],
      problems,
      ({ file, line, message }) => [
        file === "owner" ? "the owner's" : "this repository's",
        line === null ? "" : `${line}`,
        file === "owner" && !repository.private ? "not shown on a public repository" : prose(message),
      ],
      PROBLEMS_BUDGET,
    ),
  );
}

function coverageLine(coverage: Coverage, { settled }: ShownFindings): string {
  const read = `${count(coverage.commits, "commit")} and ${count(coverage.files, "changed file")}`;
  const known = settled.length === 0 ? "" : ` ${count(settled.length, "known key")} listed below.`;
  return isComplete(coverage)
    ? `Read completely: ${read}, with messages, authors and file names.${known}`
    : `Read: ${read}, but for what is listed above.${known}`;
}
