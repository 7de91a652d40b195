import { describe, expect, test } from "vitest";
import { gapOf } from "../../../src/domain/index.ts";
import type { LeakState, PastFinding } from "../../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION, judgeHistory } from "../../../src/policy/index.ts";
import { hiddenHistoryCheck, movedHistoryCheck, renderHistoryCheck } from "../../../src/report/index.ts";
import type { HistoryCheckInput } from "../../../src/report/index.ts";
import { pastFinding } from "../../support/past-findings.ts";
import { HEAD, madeFinding, madeWebhookSecret, NOW, OLDER, PRIVATE } from "../../support/reported.ts";

function check(
  findings: readonly PastFinding[],
  more: Partial<HistoryCheckInput> & { readonly leaks?: ReadonlyMap<string, LeakState> } = {},
) {
  const { leaks = new Map<string, LeakState>(), ...input } = more;
  const keys = judgeHistory({
    findings,
    leaks,
    ignoredKeys: new Map(),
    configuration: DEFAULT_CONFIGURATION,
    now: NOW,
  });
  return renderHistoryCheck({
    repository: PRIVATE,
    defaultBranch: "main",
    keys,
    filing: "issues",
    isTrial: false,
    gaps: [],
    problem: null,
    readAt: NOW,
    activities: new Map(),
    ...input,
  });
}

function leak(state: LeakState["state"], how = "attested"): LeakState {
  const cleared = state === "open" ? null : { actor: "ann", how, at: NOW };
  return { state, cleared, issue: { number: 12, url: "https://github.com/acme/shop/issues/12" } };
}

function known(past: PastFinding, state: LeakState) {
  return new Map([[past.finding.fingerprint, state]]);
}

const gone = () => pastFinding(madeFinding({ commit: OLDER }));
const atTip = () => pastFinding(madeFinding({ commit: OLDER }), { origin: { isAtTip: true } });
const strangers = () => pastFinding(madeFinding(), { trust: "stranger", pulls: [7] });
const testKey = () => pastFinding(madeFinding({ mode: "test" }));
const GAP = gapOf({ reason: "too_large", path: "a.bin", commit: OLDER, detail: "3 GB" });

describe("the title", () => {
  test.each([
    ["nothing", [], {}, "No live key in history"],
    ["one key", [gone()], {}, "1 live key in history, none at the tip"],
    ["three keys", [gone(), atTip(), gone()], {}, "3 live keys in history, 1 at the tip"],
    ["a webhook secret", [pastFinding(madeWebhookSecret())], {}, "1 live key in history, none at the tip"],
    ["test keys alone", [testKey()], {}, "No live key in history"],
    ["a stranger's key", [strangers()], {}, "No live key in history; 1 only in pull requests"],
    ["a gap", [gone()], { gaps: [GAP] }, "1 live key in history, none at the tip; not read completely"],
    ["a gap alone", [], { gaps: [GAP] }, "No live key in history; not read completely"],
    ["nothing read", [], { problem: "It is too large." }, "History could not be read"],
  ] as const)("of %s", (_, findings, more, title) => {
    expect(check(findings, more).title).toBe(title);
  });

  test("names what became of the keys once none is open", () => {
    const [rolled, dismissed] = [gone(), gone()];
    const leaks = new Map([...known(rolled, leak("rolled")), ...known(dismissed, leak("dismissed"))]);
    expect(check([rolled, dismissed], { leaks }).title).toBe("No open key in history: 1 rolled, 1 dismissed");
  });

  test("counts a key with many places once", () => {
    const { finding } = gone();
    expect(check([pastFinding(finding), pastFinding({ ...finding, path: "b" })]).title).toBe(
      "1 live key in history, none at the tip",
    );
  });
});

describe("the check", () => {
  test.each([[[]], [[gone()]], [[atTip(), strangers()]]])(
    "is neutral and has no annotation: %#",
    (findings) => {
      expect(check(findings)).toMatchObject({ conclusion: "neutral", annotations: [], actions: [] });
    },
  );

  test("says never to require it", () => {
    expect(check([]).summary).toContain("Do not require it in a branch rule");
  });

  test("says what to do, and that rewriting history is optional", () => {
    const { summary } = check([atTip()]);
    expect(summary).toContain("### Roll this key now: [API keys of acct_1Mq4sTeYJ0aBcDeF]");
    expect(summary).toContain("Only rolling ends a leak. Rewriting history is optional");
    expect(summary).toContain("**1** is still in a file at the tip of `main`.");
  });

  test("shows commit, day, author, place and issue of a key", () => {
    const past = gone();
    const { summary, text } = check([past], { leaks: known(past, leak("open")) });
    const commit = `[\`bbbbbbb\`](https://github.com/acme/shop/commit/${OLDER})`;
    const place = `[\`src/pay.ts:12\`](https://github.com/acme/shop/blob/${OLDER}/src/pay.ts#L12)`;
    const key = `\`${past.finding.redacted}\``;
    expect(summary).toContain(
      `| ${key} live Stripe secret key | \`acct_1Mq4sTeYJ0aBcDeF\` (created 2020-12-06) | 2019-03-04 ${commit} \`Ann Example\` | ${place} | open: [issue\u{a0}12](https://github.com/acme/shop/issues/12) |`,
    );
    expect(text).toContain(
      `| ${key} | ${place} | ${commit} | 2019-03-04 | \`Ann Example <ann@example.com>\` | in \`main\` |`,
    );
  });

  test("lists a rolled key with the grounds, not among those to roll", () => {
    const past = gone();
    const { summary, text } = check([past], { leaks: known(past, leak("rolled")) });
    expect(summary).not.toContain("### Roll");
    expect(text).toContain("rolled: attested by ann, not verified, [issue\u{a0}12]");
  });

  test.each([
    [{ isTrial: true, filing: "summary" }, "`mode: observe`"],
    [{ filing: "summary" }, "`history: summary`"],
    [{ filing: "issues" }, "get one soon"],
  ] as const)("says why a key has no issue: %j", (more, words) => {
    expect(check([gone()], more).summary).toContain(words);
  });

  test("names the pull requests of a stranger's key, which gets no issue", () => {
    const { summary, text } = check([strangers()]);
    expect(summary).toContain("Rollcall opens no issue for such a key and never asks Stripe about it");
    expect(summary).not.toContain("### Roll");
    expect(text).toContain("only in [#7](https://github.com/acme/shop/pull/7)");
  });

  test("says what was not read and what to do about it", () => {
    const { summary } = check([], { gaps: [GAP] });
    expect(summary).toContain("`a.bin`");
    expect(summary).toContain("too large to read");
  });

  test("says why nothing was read", () => {
    expect(check([], { problem: "It is too large." }).summary).toContain("### Not read\n\nIt is too large.");
  });

  test.each([
    ["a git note", { commit: OLDER, path: null }, { source: "note" }],
    ["a file that belongs to no commit", { commit: null, path: null }, { source: "loose", author: null }],
    ["tag message", { place: "tag_message", path: null }, { source: "tag" }],
    ["branch or tag name", { place: "ref_name", path: null, commit: null }, { source: "ref", ref: "v1" }],
  ] as const)("names %s as a place", (words, made, origin) => {
    expect(check([pastFinding(madeFinding(made), { origin })]).text).toContain(words);
  });
});

test("what strangers wrote stays text", () => {
  const origin = { author: "@all [x](https://evil.example) | <img> <a@b>", branches: ["|`x`|"] };
  const { text } = check([pastFinding(madeFinding({ path: "a|b`c.ts" }), { origin })]);
  expect(text).toContain("`@all [x](https://evil.example) \\| <img> <a@b>`");
  expect(text).toContain("in ``\\|`x`\\|``");
});

test("a history of thousands of keys fits GitHub's limits and says how many are not listed", () => {
  const findings = Array.from({ length: 3000 }, (_, index) =>
    pastFinding(madeFinding({ path: `${"deep/".repeat(30)}${index}.ts` }), {
      trust: index % 3 === 0 ? "stranger" : "writer",
    }),
  );
  const { title, summary, text } = check(findings, { gaps: Array.from({ length: 2000 }, () => GAP) });
  expect(title.length).toBeLessThan(255);
  for (const part of [summary, text ?? ""]) {
    expect(new TextEncoder().encode(part).length).toBeLessThan(65_535);
    expect(part).toMatch(/and \d+ more/);
  }
});

test("a run on an older commit and a public one hold nothing of a key", () => {
  const moved = movedHistoryCheck(PRIVATE.url, HEAD);
  expect(moved).toMatchObject({ conclusion: "neutral", text: null });
  expect(moved.summary).toContain(`${PRIVATE.url}/commit/${HEAD}`);
  expect(hiddenHistoryCheck()).toMatchObject({ conclusion: "neutral", text: null });
});
