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
import type { OwnerSummaryInput, SummaryLeak } from "../../../src/report/index.ts";

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

function summary(input: Partial<OwnerSummaryInput>): string {
  const nothing = { open: [], openCount: 0, rolled: [], unread: [], drills: [] };
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
  const body = summary({ open, openCount: 12_345, rolled, unread });
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
