import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/domain/index.ts";
import { FORMATS, renderIssue } from "../../../src/report/index.ts";
import { adviceFor } from "../../../src/report/words/advice.ts";
import { URGENCIES } from "../../../src/report/words/urgency.ts";
import { everyFinding, leakOf, scanReportOf } from "../../support/texts/index.ts";
import { atHead, judged, rendered } from "../../support/reported.ts";

/** Without marks of emphasis and addresses, so Markdown and plain text compare. */
function bare(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\*\*|[“”`]/g, "")
    .toLowerCase();
}

/** The beginning of an action, of whatever urgency. */
const ANY_ACTION = /(?:roll|revoke|replace) this|check (?:now )?whether|take this|keep this/g;

/** How each output words what to do about one finding. */
function outputsOf(finding: Finding): [string, string][] {
  const check = rendered(judged([atHead(finding)]));
  const issue = renderIssue({
    leak: leakOf(finding),
    marker: "ab".repeat(16),
    labels: [],
    previousBody: null,
  });
  const [text, , sarif] = FORMATS;
  const options = { colour: false, version: "1.0.0" };
  return [
    ["check", check.summary],
    ["annotation", check.annotations[0]?.message ?? ""],
    ["issue", issue.body],
    ["command line", text.render(scanReportOf([finding]), options)],
    ["SARIF", resultOf(sarif.render(scanReportOf([finding]), options))],
  ];
}

/** The results only: the rules of SARIF advise on every kind. */
function resultOf(sarif: string): string {
  return sarif.slice(sarif.indexOf('"results"'));
}

const everyCase = everyFinding().map(
  (finding) => [`${finding.kind}, ${finding.mode ?? "no mode"}, ${finding.confidence}`, finding] as const,
);

describe("check, annotation, issue, command line and SARIF give the same advice", () => {
  test.each(everyCase)("%s", (_name, finding) => {
    const { action, how, url } = adviceFor(finding);
    const said = outputsOf(finding).map(([output, text]) => ({
      output,
      action: bare(text).includes(bare(action)),
      how: bare(text).includes(bare(how)),
      url: text.includes(url),
      actions: [...new Set(bare(text).match(ANY_ACTION))],
    }));
    const actions = bare(`${action}. ${how}`).match(ANY_ACTION);
    expect(said).toEqual(said.map(({ output }) => ({ output, action: true, how: true, url: true, actions })));
  });
});

describe("the advice", () => {
  test("covers every urgency", () => {
    expect(new Set(everyCase.map(([, finding]) => adviceFor(finding).urgency))).toEqual(new Set(URGENCIES));
  });

  test.each([
    [{ kind: "secret_key", mode: "live", confidence: "certain" }, "Roll this key now"],
    [{ kind: "secret_key", mode: "live", confidence: "medium" }, "Check now whether this is your Stripe key"],
    [{ kind: "secret_key", mode: "test", confidence: "certain" }, "Take this test key out of the code"],
    [{ kind: "secret_key", mode: "live", confidence: "low" }, "Check whether this is a Stripe credential"],
    [{ kind: "webhook_secret", mode: null, confidence: "high" }, "Roll this signing secret now"],
    [
      { kind: "webhook_secret", mode: null, confidence: "medium" },
      "Take this signing secret out of the code",
    ],
    [{ kind: "sandbox_key", mode: "test", confidence: "medium" }, "Take this sandbox key out of the code"],
    [{ kind: "cli_token", mode: null, confidence: "high" }, "Revoke this token now"],
    [
      { kind: "ephemeral_key", mode: "live", confidence: "certain" },
      "Keep this short-lived key out of the repository",
    ],
  ] as const)("for %o is: %s", (subject, action) => {
    expect(adviceFor({ ...subject, account: null }).action).toBe(action);
  });

  test.each([
    ["live", null, "https://dashboard.stripe.com/apikeys"],
    ["live", "acct_1Ab", "https://dashboard.stripe.com/acct_1Ab/apikeys"],
    ["test", "acct_1Ab", "https://dashboard.stripe.com/acct_1Ab/test/apikeys"],
    ["test", null, "https://dashboard.stripe.com/test/apikeys"],
  ] as const)("opens the page of a %s key of account %s", (mode, account, url) => {
    expect(adviceFor({ kind: "restricted_key", mode, confidence: "high", account }).url).toBe(url);
  });
});
