import { kindTitle } from "../words/kind-title.ts";
import { blocks, code, link } from "../markdown.ts";
import { rollingOf } from "../words/rolling-steps.ts";
import type { IssueInput, IssueReport, LeakRecord } from "./issue.ts";
import { locationTable } from "./locations.ts";
import { howItEnds, issueMarker, PLACES_ARE_PRIVATE, whyRolling } from "./sections.ts";
import { taskList } from "./tasks.ts";

const LOCATIONS_BUDGET = 48_000;

/** The remediation issue of one credential. Pure: the same record gives the same text. */
export function renderIssue(input: IssueInput): IssueReport {
  const body = input.visibility === "private" ? privateBody(input) : publicBody(input);
  return {
    title: titleOf(input.leak),
    body: `${blocks(...body, issueMarker(input.marker))}\n`,
    labels: input.labels,
  };
}

/** The same on public repositories: without its last four, nobody would know which key to roll. */
function titleOf(leak: LeakRecord): string {
  return leak.confidence === "medium"
    ? `Possible leak: ${kindTitle({ ...leak, confidence: "high" })} ${leak.redacted}`
    : `Roll the leaked ${kindTitle(leak)} ${leak.redacted}`;
}

function privateBody({ leak, previousBody }: IssueInput): (string | null)[] {
  const rolling = rollingOf(leak);
  const owner =
    leak.account === null
      ? ""
      : ` It belongs to ${code(leak.account)}${leak.accountCreated === null ? "" : `, an account made on ${leak.accountCreated}`}.`;
  const found = `A **${kindTitle(leak)}** was pushed: ${code(leak.redacted)}.${owner}`;
  return [
    leak.confidence === "medium" ? howToTell(leak) : null,
    leak.confidence === "medium" ? found : `${found} ${rolling.danger}`,
    `**${rolling.verb}${leak.confidence === "medium" ? ", if it is one" : " now"}:** ${link(rolling.page, rolling.url)}. ${rolling.how}`,
    whyRolling(leak.locations.map(({ place }) => place)),
    "### To do",
    taskList(rolling.steps, previousBody),
    "### Where it stands",
    locationTable(leak.locations, LOCATIONS_BUDGET),
    `Fingerprint ${code(leak.fingerprint)}, which an allow rule names.`,
    howItEnds({ keys: "one" }),
  ];
}

/** Names no account, place, commit, person or fingerprint, and does not say whether the key works. */
function publicBody({ leak, previousBody }: IssueInput): (string | null)[] {
  const rolling = rollingOf({ ...leak, account: null });
  return [
    leak.confidence === "medium" ? howToTell({ ...leak, account: null }) : null,
    `A **${kindTitle(leak)}** was pushed to a repository: ${code(leak.redacted)}. Treat it as known to everybody.`,
    `**${rolling.verb}${leak.confidence === "medium" ? ", if it is one" : " now"}:** ${link(rolling.page, rolling.url)}. ${rolling.how}`,
    whyRolling([]),
    "### To do",
    taskList(rolling.steps, previousBody),
    PLACES_ARE_PRIVATE,
    howItEnds({ keys: "one" }),
  ];
}

function howToTell(leak: LeakRecord): string {
  const { page, url } = rollingOf(leak);
  return blocks(
    "### First: is it a Stripe key?",
    `Its shape fits Stripe's and that of other vendors. Compare its last four characters with the ${link(page, url)}. If a key there ends so, it is yours: roll it. If none does, ask who wrote the line what it opens, replace it there, and close this issue as not planned.`,
  );
}
