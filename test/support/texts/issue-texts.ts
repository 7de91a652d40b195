import { renderIssue, renderManyKeysIssue, renderNeutralIssue } from "../../../src/report/index.ts";
import type { IssueReport } from "../../../src/report/index.ts";
import { madeFinding, madeWebhookSecret } from "../reported.ts";
import { everyFinding, leakOf, manyPlaces, name } from "./cases.ts";
import type { ShownText } from "./cases.ts";

function issueText(title: string, { title: heading, body }: IssueReport): ShownText {
  return { name: `ISSUE: ${title}`, text: `[title] ${heading}\n\n${body}` };
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
