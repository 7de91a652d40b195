import type { JudgedFinding } from "../../policy/index.ts";
import { accountAge } from "../words/account-words.ts";
import { activityNote, activityText } from "../words/activity.ts";
import { adviceFor } from "../words/advice.ts";
import { mobileAppWarning } from "../words/mobile-app.ts";
import { encodingNote } from "../words/encoding-words.ts";
import { kindTitle } from "../words/kind-title.ts";
import type { Urgency } from "../words/urgency.ts";
import { code, link, prose, table } from "../markdown.ts";
import type { CheckRunInput, ReportedRepository } from "./check-run.ts";
import type { Credential } from "./credentials.ts";
import { distinctPlaces, IN_A_CELL, placeOf } from "./places.ts";

/**
 * The facts of credentials in a check's summary: a list for one, a table row each for several. What to do about them is
 * `first-action.ts`.
 */

/** Bytes of the table; with the other parts of the summary under 65,535. */
const MAX_TABLE_BYTES = 34_000;
/** Of one credential; the details have the rest. */
export const MAX_PLACES_IN_A_ROW = 3;
const MAX_AGES = 5;

export function factsOf({ first, places }: Credential, { repository, head, notes }: CheckRunInput): string {
  const { finding } = first;
  const issue = issueLink(first, repository);
  const known = repository.private ? notes?.activities?.get(finding.fingerprint) : undefined;
  const activity = known === undefined ? null : activityText(known);
  const facts = [
    `**Key:** ${code(finding.redacted)}, a ${kindTitle(finding)}${encodingNote(finding.encoding)}`,
    `**Account:** ${accountOf(finding)}${accountAge(finding)}`,
    `**Where:** ${placesOf(places, repository, head)}`,
    ...appWarningOf(places),
    ...(issue === null ? [] : [`**Steps:** ${issue}`]),
    ...(activity === null ? [] : [`**Active:** ${activity}`]),
    ...(first.reason === null || !repository.private ? [] : [`**Note:** ${prose(first.reason)}`]),
  ];
  return facts.map((fact) => `- ${fact}`).join("\n");
}

function appWarningOf(places: readonly JudgedFinding[]): readonly string[] {
  const warning = mobileAppWarning(places.map(({ finding }) => finding.path));
  return warning === null ? [] : [`**App:** ${warning}`];
}

export function factsTable(leaks: readonly Credential[], input: CheckRunInput): string {
  const { repository, head } = input;
  return table(
    ["Key", "Account", "Where", "Do now"],
    leaks,
    ({ first, places }) => [
      `${code(first.finding.redacted)} ${kindTitle(first.finding)}${encodingNote(first.finding.encoding)}`,
      accountOf(first.finding),
      placesOf(places, repository, head, IN_A_CELL),
      [actionOf(first, repository), ...noteOf(first, input)].join(", "),
    ],
    MAX_TABLE_BYTES,
  );
}

/** Below the table, whose cells are too narrow for a date. */
export function accountAges(leaks: readonly Credential[]): string | null {
  const ages = new Map(
    leaks.flatMap(({ first: { finding } }) =>
      finding.account === null || finding.accountCreated === null
        ? []
        : [[finding.account, finding.accountCreated] as const],
    ),
  );
  const listed = [...ages].slice(0, MAX_AGES).map(([account, day]) => `${code(account)} ${day}`);
  return ages.size === 0 ? null : `Accounts created: ${listed.join(", ")}.`;
}

/** An issue of another repository is named on a private one only: its address may be confidential. */
export function issueLink({ issue }: JudgedFinding, repository: ReportedRepository): string | null {
  if (issue === null || !(repository.private || issue.url.startsWith(`${repository.url}/issues/`)))
    return null;

  return link(`issue\u{a0}${issue.number}`, issue.url);
}

function placesOf(
  places: readonly JudgedFinding[],
  repository: ReportedRepository,
  head: string,
  longest?: number,
): string {
  const where = distinctPlaces(places);
  const shown = where
    .slice(0, MAX_PLACES_IN_A_ROW)
    .map((place) => placeOf(place, repository.url, head, longest));
  const more = where.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function accountOf({ account }: JudgedFinding["finding"]): string {
  return account === null ? "unknown" : code(account);
}

/** Whether the key works, on a private repository alone. */
function noteOf({ finding }: JudgedFinding, { repository, notes }: CheckRunInput): readonly string[] {
  const known = repository.private ? notes?.activities?.get(finding.fingerprint) : undefined;
  const note = known === undefined ? null : activityNote(known);
  return note === null ? [] : [note];
}

const PRESSING: ReadonlySet<Urgency> = new Set<Urgency>(["roll", "compare"]);

function actionOf(judged: JudgedFinding, repository: ReportedRepository): string {
  const { url, verb, urgency } = adviceFor(judged.finding);
  const issue = issueLink(judged, repository);
  const reason = judged.reason === null || !repository.private ? [] : [prose(judged.reason)];
  const action = link(PRESSING.has(urgency) ? `**${verb}**` : verb, url);
  return [action, ...(issue === null ? [] : [issue]), ...reason].join(", ");
}
