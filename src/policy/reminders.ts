/** When people are reminded of an open issue. Pure: the same facts give the same plan. */

const DAY_MS = 24 * 60 * 60_000;
const WEEK_MS = 7 * DAY_MS;

/** The label that stops the reminders of an issue for a while. */
export const SNOOZE_LABEL = "rollcall:snooze";
const SNOOZE_MS = 14 * DAY_MS;

export interface ReminderFacts {
  /** Since when the issue is open, or open again. */
  readonly since: Date;
  /** Days after that, ascending; none: no reminders. */
  readonly days: readonly number[];
  /** Whether to go on weekly after the last of them. */
  readonly weekly: boolean;
  /** The last reminder that was given. */
  readonly lastAt: Date | null;
  /** Since when the issue has the label; null: it does not have it. */
  readonly snoozedAt: Date | null;
  readonly now: Date;
}

export interface ReminderPlan {
  readonly due: boolean;
  /** Every configured day has passed: people are assigned. */
  readonly last: boolean;
  /** Nothing is due earlier, unless the configuration changes: that is looked at once a day. */
  readonly nextAt: Date;
}

export function planReminder(facts: ReminderFacts): ReminderPlan {
  const now = facts.now.getTime();
  const steps = stepsUntil(facts, now + DAY_MS);
  const last = facts.lastAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  const next = steps.find((step) => step > last);
  // One a day, and none while the issue is snoozed: what falls due meanwhile is one reminder afterwards.
  const allowedAt = Math.max(
    last + DAY_MS,
    (facts.snoozedAt?.getTime() ?? Number.NEGATIVE_INFINITY) + SNOOZE_MS,
  );
  const dueAt = next === undefined ? Number.POSITIVE_INFINITY : Math.max(next, allowedAt);
  return {
    due: dueAt <= now,
    last: facts.days.length > 0 && facts.since.getTime() + Math.max(...facts.days) * DAY_MS <= now,
    nextAt: new Date(Math.max(now, Math.min(dueAt, now + DAY_MS))),
  };
}

/** The times at which a reminder falls due, up to `end`; of weekly ones only the latest matter. */
function stepsUntil({ since, days, weekly }: ReminderFacts, end: number): readonly number[] {
  const start = since.getTime();
  const configured = days.map((day) => start + day * DAY_MS).filter((step) => step <= end);
  const lastDay = days.at(-1);
  if (!weekly || lastDay === undefined || configured.length < days.length) return configured;
  const weeks = Math.floor((end - start - lastDay * DAY_MS) / WEEK_MS);
  const latest = [weeks - 1, weeks].filter((week) => week > 0);
  return [...configured, ...latest.map((week) => start + lastDay * DAY_MS + week * WEEK_MS)];
}
