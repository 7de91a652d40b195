import { blocks, code, count } from "../markdown.ts";

/** How every hidden line of a reminder begins. It counts only in a comment that this app wrote. */
const MARKER = "<!-- rollcall:said:reminder:";

export interface ReminderInput {
  /** `neutral`: everybody can read it, so it says nothing of any key, not even for how long the issue is open. */
  readonly about: "leak" | "leaks" | "drill" | "neutral";
  /** Full days since the issue is open. */
  readonly days: number;
  /** When Stripe last accepted a key of the issue; null: not known, or not asked. */
  readonly activeAt: Date | null;
  /** Logins of people who are assigned with this reminder. */
  readonly assigned: readonly string[];
  readonly snoozeLabel: string;
  readonly at: Date;
}

/** The comment, with its marker at the end. */
export function renderReminder(input: ReminderInput): string {
  const { about, assigned, snoozeLabel, at } = input;
  const people =
    assigned.length === 0
      ? null
      : `Assigned with this reminder: ${assigned.map((login) => `@${login}`).join(", ")}.`;
  return `${blocks(
    textOf(input),
    people,
    about === "neutral"
      ? null
      : `Not now? The label ${code(snoozeLabel)} stops reminders for 14 days, and nothing else.`,
    `${MARKER}${at.toISOString()} -->`,
  )}\n`;
}

export function isReminder(body: string): boolean {
  return body.includes(MARKER);
}

function textOf({ about, days, activeAt }: ReminderInput): string {
  const open = days < 1 ? "" : ` for ${count(days, "day")}`;
  const active =
    activeAt === null
      ? ""
      : ` Stripe still accepted ${about === "leaks" ? "a key of it" : "it"} on ${activeAt.toISOString().slice(0, 10)}.`;
  switch (about) {
    case "leak":
      return `**This leak has been open${open}.**${active} Roll the key in Stripe, as described above, and then close this issue as completed. If it is no leak, close it as not planned.`;
    case "leaks":
      return `**Leaks of this list have been open${open}.**${active} Roll each key in Stripe and tick it.`;
    case "drill":
      return `**This drill has been open${open}.** Go through the steps above, and close this issue as completed when you are done. If you skip this drill, close it as not planned.`;
    case "neutral":
      return "**A reminder for the maintainers:** please go through the steps above, and then close this issue as completed.";
  }
}
