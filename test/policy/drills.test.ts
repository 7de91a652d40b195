import { expect, test } from "vitest";
import { dueDrill } from "../../src/policy/index.ts";

const DAY = 24 * 60 * 60_000;
const START = new Date("2026-01-01T10:00:00Z");
const after = (days: number): Date => new Date(START.getTime() + days * DAY);
const EVERY = { everyDays: 90, assign: [] };

const asked = { number: 1, askedAt: START, openedAt: null, closedAt: null };
const open = { ...asked, openedAt: START };
const closed = { ...open, closedAt: after(2) };

test.each([
  ["off by default", null, [], 0, null],
  ["the first at once", EVERY, [], 0, 1],
  ["none while one is open, however late", EVERY, [open], 500, null],
  ["none before its time", EVERY, [closed], 89.9, null],
  ["the next 90 days after the last was opened", EVERY, [closed], 90, 2],
  ["one after a long pause, not one for each period", EVERY, [closed], 900, 2],
  ["one that was asked for is opened, whatever is configured by now", null, [asked], 1, 1],
  ["off again: none", null, [closed], 500, null],
] as const)("%s", (_name, configured, drills, days, expected) => {
  expect(dueDrill(configured, drills, after(days))).toBe(expected);
});
