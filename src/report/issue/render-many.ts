import type { Kind } from "../../domain/index.ts";
import { kindName, kindTitle } from "../words/kind-title.ts";
import { blocks, byteLength, code, count, fitting, link } from "../markdown.ts";
import { rollingOf } from "../words/rolling-steps.ts";
import type { IssueReport, LeakRecord, ManyKeysIssueInput } from "./issue.ts";
import { locationText } from "./locations.ts";
import { howItEnds, issueMarker, PLACES_ARE_PRIVATE, whyRolling } from "./sections.ts";
import { taskLine, tickedTasks } from "./tasks.ts";

/** Past this, markers and rows would not fit one body: file several issues. */
export const KEYS_PER_ISSUE = 200;
/** GitHub's limit of a body, with room for the sentences. */
const BODY_BUDGET = 65_536 - 8_000;

/** One issue for the many new keys of one scope, at most `KEYS_PER_ISSUE`. Pure, as `renderIssue` is. */
export function renderManyKeysIssue(input: ManyKeysIssueInput): IssueReport {
  const { leaks, visibility } = input;
  const markers = input.markers.map(issueMarker).join("\n");
  const isPrivate = visibility === "private";
  return {
    title: `Roll ${count(leaks.length, "leaked Stripe key")}`,
    body: `${blocks(
      `${count(leaks.length, "Stripe key")} were found at once. **Roll them now**, one after the other.`,
      whyRolling(isPrivate ? leaks.flatMap(({ locations }) => locations.map(({ place }) => place)) : []),
      "### To do",
      keyList(input, BODY_BUDGET - byteLength(markers)),
      isPrivate ? null : PLACES_ARE_PRIVATE,
      ...[...new Set(leaks.map((leak) => leak.kind))].slice(0, 3).map(stepsFor),
      howItEnds({ keys: "many" }),
      markers,
    )}\n`,
    labels: input.labels,
  };
}

function keyList({ leaks, visibility, previousBody }: ManyKeysIssueInput, budget: number): string {
  const ticked = tickedTasks(previousBody);
  const lineOf = (leak: LeakRecord): string =>
    visibility === "private"
      ? `${taskLine(privateTask(leak), ticked)}\n  ${placesOf(leak)}`
      : taskLine(`${code(leak.redacted)}, a ${kindTitle(leak)}`, ticked);
  const kept = fitting(leaks, lineOf, budget);
  const more = leaks.length - kept.length;
  return [...kept, ...(more === 0 ? [] : [`- and ${more} more, shown by the check`])].join("\n");
}

function privateTask(leak: LeakRecord): string {
  const { page, url } = rollingOf(leak);
  return `${code(leak.redacted)}, a ${kindTitle(leak)}: ${link(page, url)}`;
}

function placesOf({ locations, fingerprint }: LeakRecord): string {
  const [first] = locations;
  const more = locations.length > 1 ? ` and ${count(locations.length - 1, "more place")}` : "";
  return `${first === undefined ? "" : `Found in ${locationText(first)}${more}; `}fingerprint ${code(fingerprint)}`;
}

function stepsFor(kind: Kind): string {
  const { steps } = rollingOf({ kind, mode: "live", account: null });
  return blocks(`### How: ${kindName(kind)}`, steps.map((step, index) => `${index + 1}. ${step}`).join("\n"));
}
