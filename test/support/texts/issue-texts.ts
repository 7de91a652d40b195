import { renderIssue, renderManyKeysIssue } from "../../../src/report/index.ts";
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
  const visibilities = ["private", "public"] as const;
  const many = (number: number) => Array.from({ length: number }, () => leakOf(madeFinding()));
  return [
    ...opened.flatMap((finding) =>
      visibilities.map((visibility) =>
        issueText(
          `${visibility}, ${name(finding)}`,
          renderIssue({ ...common, leak: leakOf(finding), visibility }),
        ),
      ),
    ),
    ...[3, 1000].map((number) =>
      issueText(`${number} places`, renderIssue({ ...common, leak: places(number), visibility: "private" })),
    ),
    ...visibilities.map((visibility) =>
      issueText(
        `many keys, ${visibility}`,
        renderManyKeysIssue({
          ...common,
          leaks: [...many(21), leakOf(madeWebhookSecret())],
          markers: Array.from({ length: 22 }, () => "ab".repeat(16)),
          visibility,
        }),
      ),
    ),
  ];
}
