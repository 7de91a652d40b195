import * as fc from "fast-check";
import { expect, test } from "vitest";
import { planReminder } from "../../src/policy/index.ts";

const DAY = 24 * 60 * 60_000;
const SINCE = new Date("2026-11-01T10:00:00Z");
const after = (days: number): Date => new Date(SINCE.getTime() + days * DAY);

/** When reminders are given over `until` days by a sweep every `everyDays`, in days since the issue is open. */
function given(
  facts: { readonly days?: readonly number[]; readonly weekly?: boolean; readonly snoozedAt?: Date | null },
  until: number,
  everyDays = 1 / 24,
): { readonly at: number; readonly last: boolean }[] {
  const { days = [1, 3, 7], weekly = false, snoozedAt = null } = facts;
  const all: { at: number; last: boolean }[] = [];
  let lastAt: Date | null = null;
  for (let at = 0; at <= until; at += everyDays) {
    const now = after(at);
    const snoozed = snoozedAt !== null && snoozedAt <= now ? snoozedAt : null;
    const plan = planReminder({ since: SINCE, days, weekly, lastAt, snoozedAt: snoozed, now });
    if (!plan.due) continue;
    all.push({ at: Math.round(at), last: plan.last });
    lastAt = now;
  }
  return all;
}

const times = (...arguments_: Parameters<typeof given>): number[] => given(...arguments_).map(({ at }) => at);

test.each([
  ["after 1, 3 and 7 days, and never again", {}, 60, [1, 3, 7]],
  ["as configured", { days: [2, 10] }, 60, [2, 10]],
  ["weekly after the last while a key works", { weekly: true }, 30, [1, 3, 7, 14, 21, 28]],
  ["never if no days are configured, whatever works", { days: [], weekly: true }, 60, []],
  ["none for 14 days after the label, then one", { snoozedAt: after(2) }, 60, [1, 16]],
  [
    "none for 14 days after the label, then weekly ones",
    { snoozedAt: after(2), weekly: true },
    30,
    [1, 16, 21, 28],
  ],
] as const)("%s", (_name, facts, until, expected) => {
  expect(times(facts, until)).toEqual(expected);
});

test("the last one assigns people, and so does each after it", () => {
  expect(given({ weekly: true }, 15).map(({ last }) => last)).toEqual([false, false, true, true]);
  expect(given({ days: [2] }, 15)).toEqual([{ at: 2, last: true }]);
});

test("after a long pause of the app there is one reminder, not one for each day that passed", () => {
  expect(times({}, 60, 30)).toEqual([30]);
});

test("a leak that is open again starts again, but not within a day of the last reminder", () => {
  const plan = planReminder({
    since: after(20),
    days: [1, 3],
    weekly: false,
    snoozedAt: null,
    ...{
      lastAt: after(20.9),
      now: after(21.5),
    },
  });
  expect(plan).toMatchObject({ due: false, nextAt: after(21.9) });
});

test("never more than one in 24 hours, and never one without a step that passed", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
      fc.boolean(),
      fc.option(fc.integer({ min: 0, max: 30 })),
      fc.integer({ min: 1, max: 48 }),
      (unsorted, weekly, snoozed, hours) => {
        const days = unsorted.toSorted((a, b) => a - b);
        const snoozedAt = snoozed === null ? null : after(snoozed);
        const all = times({ days, weekly, snoozedAt }, 60, hours / 24);
        const gaps = all.map((at, index) => at - (all[index - 1] ?? Number.NEGATIVE_INFINITY));
        expect(gaps.every((gap) => gap >= 1)).toBe(true);
        const isSnoozed = (at: number): boolean =>
          snoozed !== null && at >= snoozed + 0.5 && at < snoozed + 14;
        expect(all.filter(isSnoozed)).toEqual([]);
        expect(weekly || all.length <= days.length).toBe(true);
        const first = days[0] ?? Number.POSITIVE_INFINITY;
        expect(all.every((at) => at >= first)).toBe(true);
      },
    ),
  );
});

test("nothing is due before the time that the plan names", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 40, noNaN: true }), fc.boolean(), (days, weekly) => {
      const facts = { since: SINCE, days: [1, 3, 7], weekly, lastAt: null, snoozedAt: null };
      const { due, nextAt } = planReminder({ ...facts, now: after(days) });
      expect(nextAt.getTime() - after(days).getTime()).toBeLessThanOrEqual(DAY);
      const middle = new Date((after(days).getTime() + nextAt.getTime()) / 2 - 1);
      const isEarlier = !due && middle > after(days);
      expect(isEarlier && planReminder({ ...facts, now: middle }).due).toBe(false);
    }),
  );
});
