import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  drillNumberOf,
  isOwnerSummary,
  isReminder,
  renderDrill,
  renderDrillResult,
  renderOwnerSummary,
  renderReminder,
  tasksIn,
} from "../../../src/report/index.ts";
import type { OwnerSummaryInput, SummaryHistory, SummaryLeak } from "../../../src/report/index.ts";

import { pastFinding } from "../../support/past-findings.ts";
import { madeFinding, OLDER } from "../../support/reported.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const DAY = 24 * 60 * 60_000;
const ago = (days: number): Date => new Date(NOW.getTime() - days * DAY);

function leak(index: number, fields: Partial<SummaryLeak> = {}): SummaryLeak {
  return {
    kind: "secret_key",
    mode: "live",
    confidence: "certain",
    redacted: `sk_live_…${String(index).padStart(4, "0")}`,
    fingerprint: index.toString(16).padStart(20, "0"),
    reportRepositoryId: 1,
    repository: "acme/shop",
    issueUrl: `https://github.com/acme/security/issues/${index}`,
    foundAt: ago(index),
    rolledAt: null,
    ...fields,
  };
}

const NO_HISTORY: SummaryHistory = {
  progress: { repositories: 0, read: 0, tooLarge: 0, bytes: 0, bytesRead: 0, secondsLeft: null },
  unread: [],
  unfiled: [],
  unfiledCount: 0,
  waitingCount: 0,
  strangerCount: 0,
};

function summary(input: Partial<OwnerSummaryInput>): string {
  const nothing = { open: [], openCount: 0, rolled: [], unread: [], history: NO_HISTORY, drills: [] };
  return renderOwnerSummary({ githubUrl: "https://github.com", at: NOW, ...nothing, ...input }).body;
}

test("open leaks are counted by repository and age, one in two repositories once", () => {
  const both = leak(9, { repository: "acme/web" });
  const body = summary({ open: [leak(40), leak(9), both, leak(0)], openCount: 3 });
  expect(body).toContain("**3 leaks** are open.");
  expect(body).toContain("| [`acme/shop`](https://github.com/acme/shop) | 3 | 1 |  | 1 | 1 |");
  expect(body).toContain("| [`acme/web`](https://github.com/acme/web) | 1 |  |  | 1 |  |");
  expect(body).toContain(
    "| 9 days | `sk_live_…0009`, live Stripe secret key | [`acme/shop`](https://github.com/acme/shop) and 1 other | [#9]",
  );
});

test("what was rolled is shown with how fast", () => {
  const rolled = [1, 2, 9].map((days) => leak(days, { rolledAt: ago(0) }));
  const body = summary({ rolled });
  expect(body).toContain(
    "**3 leaks**. Half of them were rolled within 2 days of being found; the slowest took 9 days.",
  );
});

test("what was not read is named, with why", () => {
  const gap = { reason: "too_large", commit: null, path: "a.zip", detail: "11 MB" } as const;
  const unread = { repository: "acme/shop", head: "c".repeat(40), problem: null, gaps: [gap, gap] };
  expect(summary({ unread: [unread] })).toMatch(
    /\[`ccccccc`\]\(https:\/\/github\.com\/acme\/shop\/commit\/c{40}\).*`too large to read \(11 MB\)` and 1 more part/,
  );
  expect(summary({})).toContain("Everything was read, or accepted as unread.");
});

const ALL_READ = { repositories: 2, read: 2, tooLarge: 0, bytes: 3e6, bytesRead: 3e6, secondsLeft: null };
const {
  finding: { commit, ...unfiledKey },
  origin,
} = pastFinding(madeFinding({ commit: OLDER }));
const UNFILED = { ...unfiledKey, commit, origin, repository: "acme/shop", isAtTip: false };

test.each([
  [{}, "The history of all 2 repositories was read."],
  [{ repositories: 1, read: 1 }, "The history of the repository was read."],
  [
    { repositories: 5000, read: 1234, bytes: 2.5e9, bytesRead: 123e6, secondsLeft: 4000 },
    "**1,234 of 5,000 repositories** (123 MB of 2.5 GB) read. About 1 hour 6 minutes left.",
  ],
  [
    { repositories: 3, read: 2, tooLarge: 1, secondsLeft: 0 },
    "The history of **2 of 3 repositories** (3 MB of 3 MB) was read. 1 is too large to be read.",
  ],
])("the progress of reading histories: %j", (progress, text) => {
  const history = { ...NO_HISTORY, progress: { ...ALL_READ, ...progress } };
  expect(summary({ history })).toContain(`## Histories\n\n`);
  expect(summary({ history })).toContain(text);
});

test("history: off is said", () => {
  expect(summary({ history: null })).toContain("because of `history: off`");
});

test("without any history there is no such section", () => {
  expect(summary({})).not.toContain("## Histories");
});

test("keys of histories without an issue are listed, with who brought them and where to roll them", () => {
  const history = { ...NO_HISTORY, progress: ALL_READ, unfiled: [UNFILED], unfiledCount: 3 };
  const body = summary({ history });
  expect(body).toContain("**3 live keys** in histories have no issue");
  expect(body).toContain(
    `| \`${UNFILED.redacted}\`, live Stripe secret key | [\`acme/shop\`](https://github.com/acme/shop) | 2019-03-04 [\`bbbbbbb\`](https://github.com/acme/shop/commit/${OLDER}) \`Ann Example\` | [API keys of acct_1Mq4sTeYJ0aBcDeF](`,
  );
  expect(body).toContain("| and 2 more |");
});

test("keys that wait, keys of strangers and histories that were not read are counted and named", () => {
  const gap = { reason: "git_failed", commit: null, path: "a.bin", detail: "" } as const;
  const unread = [
    { repository: "acme/big", problem: "It holds 6.2 GB, and the limit is 5 GB.", gaps: [] },
    { repository: "acme/odd", problem: null, gaps: [gap, gap] },
  ];
  const body = summary({
    history: { ...NO_HISTORY, progress: ALL_READ, unread, waitingCount: 1, strangerCount: 2 },
  });
  expect(body).toContain("1 live key in histories waits for an issue.");
  expect(body).toContain("2 live keys are only in pull requests of people without write access.");
  expect(body).toContain("| `It holds 6.2 GB, and the limit is 5 GB.` |");
  expect(body).toContain("| `a.bin: git could not read it` and 1 more part |");
});

test("thousands of leaks fit one issue, which says how many it does not show", () => {
  const long = "r".repeat(100);
  const open = Array.from({ length: 5000 }, (_, index) =>
    leak(index, { repository: `acme/${long.slice(0, 90)}${index}` }),
  );
  const unread = open.map(({ repository }) => ({
    repository,
    head: "d".repeat(40),
    problem: "x".repeat(400),
    gaps: [],
  }));
  const rolled = open.map((each) => ({ ...each, rolledAt: NOW }));
  const history = {
    ...NO_HISTORY,
    progress: ALL_READ,
    unread: unread.map(({ repository, problem, gaps }) => ({ repository, problem, gaps })),
    unfiled: open.map(({ repository }) => ({ ...UNFILED, repository })),
    unfiledCount: 9000,
  };
  const body = summary({ open, openCount: 12_345, rolled, unread, history });
  expect(Buffer.byteLength(body)).toBeLessThan(65_000);
  expect(body).toContain("**12,345 leaks** are open. The tables show the oldest 5,000.");
  expect(body).toMatch(/and 4,?\d{3} more/);
  expect(isOwnerSummary(body)).toBe(true);
});

test("the same day gives the same text, so the issue is not written for nothing", () => {
  const open = [leak(3)];
  const later = new Date(NOW.getTime() + 60 * 60_000);
  expect(summary({ open, openCount: 1, at: later })).toBe(summary({ open, openCount: 1 }));
});

test("no text of a stranger becomes Markdown, a mention or a marker", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        "@acme/team",
        "<!-- rollcall:summary -->",
        "](https://evil)",
        "<img src=x>",
        "|",
        "`",
        "\n# x",
      ),
      (hostile) => {
        const gap = { reason: "too_large", commit: null, path: hostile, detail: hostile } as const;
        const unread = [{ repository: "acme/shop", head: "c".repeat(40), problem: hostile, gaps: [gap] }];
        const drill = { number: 1, issueUrl: null, openedAt: ago(1), closedAt: NOW, closedBy: hostile };
        const body = summary({ unread, drills: [{ ...drill, outcome: "attested" }] });
        const prose = body.replaceAll(/(`+).+?\1/g, "");
        expect(prose).not.toMatch(/@acme|evil|<img|^# x/m);
        expect(body.split("\n").filter((line) => line === "<!-- rollcall:summary -->")).toHaveLength(1);
      },
    ),
  );
});

test("a drill is found by its number, and its boxes are counted", () => {
  const { title, body } = renderDrill({ number: 12, at: NOW });
  expect(title).toBe("Drill 12: roll a Stripe sandbox key");
  expect(drillNumberOf(body)).toBe(12);
  expect(drillNumberOf(body.replaceAll("rollcall", "other"))).toBeNull();
  expect(tasksIn(body)).toEqual({ tasks: 5, done: 0 });
  expect(tasksIn(`${body.replace("- [ ]", "- [X]")}\n  - [x] mine`)).toEqual({ tasks: 6, done: 2 });
});

test("a drill that a person closed is attested, never verified", () => {
  const result = { number: 1, login: "ann", seconds: 7200, tasks: 5, done: 4 };
  expect(renderDrillResult({ ...result, outcome: "attested" })).toContain("Attested by @ann, not verified");
  expect(renderDrillResult({ ...result, outcome: "skipped" })).toContain("skipped by @ann after 2 hours");
});

test.each([
  ["leak", "**This leak has been open for 3 days.** Stripe still accepted it on 2026-11-23."],
  [
    "leaks",
    "**Leaks of this list have been open for 3 days.** Stripe still accepted a key of it on 2026-11-23.",
  ],
  ["drill", "**This drill has been open for 3 days.**"],
] as const)("a reminder of a %s says for how long, and how to put it off", (about, text) => {
  const activeAt = about === "drill" ? null : ago(1);
  const body = renderReminder({
    about,
    days: 3,
    activeAt,
    assigned: ["ann"],
    snoozeLabel: "rollcall:snooze",
    at: NOW,
  });
  expect(body).toContain(text);
  expect(body).toContain("Assigned with this reminder: @ann.");
  expect(body).toContain("`rollcall:snooze`");
  expect(isReminder(body)).toBe(true);
});

test("the reminder of a neutral issue is the same whatever is known of its keys", () => {
  const facts = { about: "neutral", assigned: [], snoozeLabel: "rollcall:snooze", at: NOW } as const;
  const texts = [1, 30].flatMap((days) =>
    [null, NOW].map((activeAt) => renderReminder({ ...facts, days, activeAt })),
  );
  expect(new Set(texts).size).toBe(1);
});
