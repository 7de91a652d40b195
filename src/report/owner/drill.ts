import { numberedTasks } from "../issue/tasks.ts";
import { duration } from "../words/duration.ts";
import { blocks, code, link } from "../markdown.ts";

/** The number in the hidden line that finds the issue again. It counts only in an issue that this app wrote. */
const MARKER = /^<!-- rollcall:drill:(\d{1,6}) -->$/m;

const STEPS = [
  "Choose one key of a sandbox, never a live one. Write down in a comment **where it is used**: services, jobs, CI, laptops, integrations.",
  `Open the ${link("API keys", "https://dashboard.stripe.com/test/apikeys")} of the sandbox. In the key's overflow menu, choose **Rotate key** (older screens: **Roll key**) and set the expiration to **Now**, as you would for a leaked key.`,
  "**Deploy**: copy the new key into your secret manager, and bring it to every place of step 1.",
  "**Verify**: check that requests succeed with the new key. `Invalid API Key` in a log shows what still uses the old one.",
  "Write down in a comment **what was missing**: an access, a place that nobody knew of, a deployment that took too long. Open an issue for each.",
];

export const DRILL_STEPS = STEPS.length;

export interface DrillIssue {
  readonly title: string;
  readonly body: string;
}

/** Pure: the same drill gives the same text. */
export function renderDrill(drill: { readonly number: number; readonly at: Date }): DrillIssue {
  return {
    title: `Drill ${drill.number}: roll a Stripe sandbox key`,
    body: `${blocks(
      "This is a drill: no key has leaked. It exercises rolling a key, so that it takes minutes when one does leak. Rollcall measures the time until this issue is closed.",
      "### Steps",
      numberedTasks(STEPS, null),
      "Never paste a key into this issue, not even one of a sandbox.",
      "### How to close this issue",
      [
        "- **Close as completed** when you are done. Rollcall records the time it took, and that you attest it: it cannot see whether the key was rolled.",
        "- **Close as not planned** to skip this drill. That is recorded too.",
      ].join("\n"),
      `<!-- rollcall:drill:${drill.number} -->`,
    )}\n`,
  };
}

/** The number of the drill that an issue's body is about; null: none. */
export function drillNumberOf(body: string): number | null {
  const [, number] = MARKER.exec(body) ?? [];
  return number === undefined ? null : Number(number);
}

/** How many boxes a body has, and how many are ticked, whatever people made of it. */
export function tasksIn(body: string): { readonly tasks: number; readonly done: number } {
  const boxes = [...body.matchAll(/^\s*- \[([ xX])\] /gm)].map(([, tick]) => tick !== " ");
  return { tasks: boxes.length, done: boxes.filter(Boolean).length };
}

export interface DrillResult {
  readonly number: number;
  readonly outcome: "attested" | "skipped";
  readonly login: string;
  readonly seconds: number;
  readonly tasks: number;
  readonly done: number;
}

/** The comment on a closed drill. */
export function renderDrillResult({ outcome, login, seconds, tasks, done }: DrillResult): string {
  const person = `@${login}`;
  return outcome === "attested"
    ? `This drill took **${duration(seconds)}**. ${done} of ${tasks} steps were ticked. Attested by ${person}, not verified: Rollcall cannot see whether the key was rolled.`
    : `This drill was skipped by ${person} after ${duration(seconds)}. ${done} of ${tasks} steps were ticked.`;
}

/** The comment on a drill that was closed, but by no person. */
export function renderDrillReopened(): string {
  return `I reopened this: a commit, a pull request or an app closed it, but only a person can say that the drill is done. Close it as completed, or as not planned to skip it. The label ${code("rollcall:snooze")} stops reminders for 14 days.`;
}
