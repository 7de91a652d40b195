import { isComplete } from "../../domain/index.ts";
import type { Coverage } from "../../domain/index.ts";
import type { JudgedFinding } from "../../policy/index.ts";
import { gapAdvice, gapText } from "../words/gap-text.ts";
import { kindTitle } from "../words/kind-title.ts";
import { blocks, code, count, link, prose, table } from "../markdown.ts";
import { isTestPlace } from "../words/prevention.ts";
import { rollingOf } from "../words/rolling-steps.ts";
import type { CheckRunInput, ReportedRepository } from "./check-run.ts";
import { classOf } from "./credentials.ts";
import type { Credential, ShownFindings } from "./credentials.ts";
import { firstAction } from "./first-action.ts";
import { distinctPlaces, fileLink, IN_A_CELL, placeOf, shortCommit } from "./places.ts";

/** Bytes for each table; together, with the sentences around them, under 65,535. */
const LEAKS_BUDGET = 34_000;
const GAPS_BUDGET = 16_000;
const PROBLEMS_BUDGET = 10_000;
/** Of one credential; the rest stands in the details. */
export const PLACES_IN_A_ROW = 3;
const MOST_AGES = 5;

/** What a person in a hurry needs, the one thing to do first. */
export function summaryOf(input: CheckRunInput, findings: ShownFindings, moreAnnotations: number): string {
  const { verdict } = input;
  const { leaks, withheld } = findings;
  return blocks(
    verdict.configuration.mode === "observe"
      ? "Rollcall only observes here (`mode: observe`): this check fails for nothing, and no issue is filed."
      : null,
    leaks.length === 0 ? null : leaksSection(leaks, input),
    withheld.length === 0 ? null : withheldNote(withheld, leaks),
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

/** A list of facts for one credential; of several, a row for each. Its kind says where it is only possible. */
function leaksSection(leaks: readonly Credential[], input: CheckRunInput): string {
  const { action, why } = firstAction(leaks, input);
  const [only] = leaks;
  return only !== undefined && leaks.length === 1
    ? blocks(action, factsOf(only, input), why)
    : blocks(action, why, leaksTable(leaks, input), accountAges(leaks));
}

function factsOf({ first, places }: Credential, { repository, head }: CheckRunInput): string {
  const { finding } = first;
  const issue = issueLink(first, repository);
  const { page, url } = rollingOf(finding);
  const test = classOf(first) === "test" ? [`**Replace it:** ${link(page, url)}`] : [];
  const facts = [
    `**Key:** ${code(finding.redacted)}, a ${kindTitle(finding)}${encodingOf(finding)}`,
    `**Account:** ${accountOf(finding)}${finding.accountCreated === null ? "" : `, made on ${finding.accountCreated}`}`,
    `**Where:** ${placesOf(places, repository, head)}`,
    ...test,
    ...(issue === null ? [] : [`**Steps:** ${issue}`]),
    ...(first.reason === null || !repository.private ? [] : [`**Note:** ${prose(first.reason)}`]),
  ];
  return facts.map((fact) => `- ${fact}`).join("\n");
}

function leaksTable(leaks: readonly Credential[], { repository, head }: CheckRunInput): string {
  return table(
    ["Key", "Account", "Where", "Do now"],
    leaks,
    ({ first, places }) => [
      `${code(first.finding.redacted)} ${kindTitle(first.finding)}${encodingOf(first.finding)}`,
      accountOf(first.finding),
      placesOf(places, repository, head, IN_A_CELL),
      actionOf(first, repository),
    ],
    LEAKS_BUDGET,
  );
}

/** Beside the table, where a date would be broken to fit its column. */
function accountAges(leaks: readonly Credential[]): string | null {
  const ages = new Map(
    leaks.flatMap(({ first: { finding } }) =>
      finding.account === null || finding.accountCreated === null
        ? []
        : [[finding.account, finding.accountCreated] as const],
    ),
  );
  return ages.size === 0
    ? null
    : `${[...ages]
        .slice(0, MOST_AGES)
        .map(([account, made]) => `${code(account)} was made on ${made}`)
        .join(", ")}.`;
}

function placesOf(
  places: readonly JudgedFinding[],
  repository: ReportedRepository,
  head: string,
  longest?: number,
): string {
  const where = distinctPlaces(places);
  const shown = where.slice(0, PLACES_IN_A_ROW).map((place) => placeOf(place, repository.url, head, longest));
  const more = where.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const ENCODINGS = {
  escaped: "escaped",
  url: "URL-encoded",
  base64: "in base64",
  utf16: "in UTF-16",
  hex: "in hexadecimal",
  joined: "joined from pieces",
} as const;

function encodingOf({ encoding }: JudgedFinding["finding"]): string {
  return encoding === "plain" ? "" : ` (${ENCODINGS[encoding]})`;
}

function accountOf({ account }: JudgedFinding["finding"]): string {
  return account === null ? "not named by the key" : code(account);
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
  return link(`issue\u{a0}${issue.number}`, issue.url);
}

function withheldNote(withheld: readonly Credential[], leaks: readonly Credential[]): string {
  const more = leaks.length > 0 ? "more " : "";
  const [are, it] = withheld.length === 1 ? ["is", "it is"] : ["are", "they are"];
  return blocks(
    leaks.length > 0 ? null : "### Roll every key that stood in the commits before the force-push",
    `${count(withheld.length, `${more}Stripe key`)} ${are} in commits that this branch no longer holds and that can still be fetched. Roll every key that stood in them; once ${it} rolled, an allow rule for each clears this check: see **After rolling** in the details. The repository is public, so no more is shown here.`,
  );
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
    "A key could stand here, so this check is not green.",
    gapAdvice(coverage.gaps),
    table(
      ["What", "Commit", "Why"],
      coverage.gaps,
      (gap) => [
        gap.path === null
          ? gap.commit === null
            ? "the scope as a whole"
            : "the commit as a whole"
          : fileLink(repository.url, gap.commit, gap.path, null, IN_A_CELL),
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
  const known =
    settled.length === 0
      ? ""
      : ` ${count(settled.length, "known key")} that ${settled.length === 1 ? "does" : "do"} not count: see the details.`;
  return isComplete(coverage)
    ? `Read completely: ${read}, with messages, authors and file names.${known}`
    : `Read: ${read}, but for what is listed above.${known}`;
}
