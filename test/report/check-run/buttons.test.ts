import { expect, test } from "vitest";
import { BUTTONS } from "../../../src/domain/index.ts";
import type { ButtonAnswer, Finding } from "../../../src/domain/index.ts";
import type { CheckNotes } from "../../../src/report/index.ts";
import { renderCheckRun } from "../../../src/report/index.ts";
import { ACTIONS } from "../../../src/report/check-run/check-run.ts";
import { atHead, HEAD, judged, madeFinding, NOW, PRIVATE } from "../../support/reported.ts";

const NOTES: CheckNotes = {
  acceptedGaps: [],
  unopenedIssues: [],
  placeProblems: [],
  issuesElsewhere: null,
  loosenedRules: [],
  unreadHistory: false,
  canAcceptUnread: false,
};

function shown(findings: readonly Finding[], notes: Partial<CheckNotes> = {}) {
  const verdict = judged(findings.map(atHead));
  return renderCheckRun({ verdict, head: HEAD, repository: PRIVATE, notes: { ...NOTES, ...notes } });
}

test("labels, descriptions and identifiers are as short as GitHub wants them, and three are not too many", () => {
  expect(BUTTONS.length).toBeLessThanOrEqual(3);
  for (const button of BUTTONS) {
    const { label, description, identifier } = ACTIONS[button];
    expect(label.length).toBeLessThanOrEqual(20);
    expect(description.length).toBeLessThanOrEqual(40);
    expect(identifier.length).toBeLessThanOrEqual(20);
    expect(identifier).toBe(button);
  }
});

test.each([
  ["nothing", [], false, []],
  ["a live key", [madeFinding()], false, ["recheck"]],
  ["a test key", [madeFinding({ mode: "test" })], false, ["ignore_test_keys"]],
  ["a match of low confidence", [madeFinding({ confidence: "low" })], false, []],
  [
    "everything",
    [madeFinding(), madeFinding({ mode: "test" })],
    true,
    ["accept_unread", "recheck", "ignore_test_keys"],
  ],
])(
  "a check that shows %s has the buttons that do something",
  (_name, findings, canAcceptUnread, expected) => {
    const { actions } = shown(findings, { canAcceptUnread });
    expect(actions.map(({ identifier }) => identifier)).toEqual(expected);
  },
);

test("the name of a person who clicked is text, never Markdown or a mention", () => {
  const click: ButtonAnswer = {
    button: "recheck",
    login: "eve](https://evil.example) <b>@everyone",
    result: "no_role",
    role: "write",
    at: NOW,
  };
  const { summary } = shown([madeFinding()], { buttons: [click] });
  expect(summary).toContain("- `eve](https://evil.example) <b>@everyone` clicked **Re-check**");
});
