import { renderIssue, renderManyKeysIssue, renderNeutralIssue } from "../../../src/report/index.ts";
import type { IssueReport, LeakRecord } from "../../../src/report/index.ts";
import { pastFinding } from "../past-findings.ts";
import { madeFinding, madeWebhookSecret, OLDER } from "../reported.ts";
import { everyFinding, leakOf, manyPlaces, name } from "./cases.ts";
import type { ShownText } from "./cases.ts";

function issueText(title: string, { title: heading, body }: IssueReport): ShownText {
  return { name: `ISSUE: ${title}`, text: `[title] ${heading}\n\n${body}` };
}

/** A leak whose history was read. */
export function inHistory(): LeakRecord {
  const leak = leakOf(madeFinding({ commit: OLDER }));
  const [location] = leak.locations;
  if (location === undefined) throw new Error("a leak without a place");
  const { origin } = pastFinding(madeFinding());
  return { ...leak, broughtBy: null, past: { location, origin, isAtTip: true } };
}

export function issueTexts(): ShownText[] {
  const common = { marker: "ab".repeat(16), labels: [], previousBody: null };
  const places = (number: number) => {
    const [first, ...others] = manyPlaces(number);
    return leakOf(first ?? madeFinding(), ...others);
  };
  const opened = everyFinding().filter(({ confidence }) => confidence !== "low");
  const many = (number: number) => Array.from({ length: number }, () => leakOf(madeFinding()));
  return [
    ...opened.map((finding) => issueText(name(finding), renderIssue({ ...common, leak: leakOf(finding) }))),
    issueText("neutral, of a public repository", renderNeutralIssue(common)),
    ...[3, 1000].map((number) =>
      issueText(`${number} places`, renderIssue({ ...common, leak: places(number) })),
    ),
    issueText("in a history", renderIssue({ ...common, leak: inHistory() })),
    issueText(
      "many keys of a history",
      renderManyKeysIssue({
        ...common,
        leaks: Array.from({ length: 21 }, inHistory),
        markers: Array.from({ length: 21 }, () => "ab".repeat(16)),
      }),
    ),
    issueText(
      "many keys",
      renderManyKeysIssue({
        ...common,
        leaks: [...many(21), leakOf(madeWebhookSecret())],
        markers: Array.from({ length: 22 }, () => "ab".repeat(16)),
      }),
    ),
  ];
}
