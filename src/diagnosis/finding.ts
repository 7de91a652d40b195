/** What the doctor finds: one line for each thing it looked at, and what Rollcall can do because of it. */

/** What Rollcall does for people. The words complete "Rollcall can …". */
export const ABILITIES = {
  start: "start",
  deliveries: "receive deliveries",
  pushes: "check pushes",
  pulls: "check pull requests",
  queues: "check merge queues",
  git: "read merges and large pushes by git",
  checks: "write checks",
  issues: "open issues",
  closings: "see that an issue is closed",
  buttons: "answer the buttons of a check",
} as const;

export type Ability = keyof typeof ABILITIES;

export type Level = "ok" | "warning" | "problem";

export interface Finding {
  /** What was looked at, such as `Webhook`. */
  readonly about: string;
  readonly level: Level;
  /** One sentence or two. */
  readonly says: string;
  /** What to do; null where nothing has to be done. */
  readonly todo: string | null;
  /** What Rollcall cannot do because of it. */
  readonly stops: readonly Ability[];
  /** The account where that is so; null: everywhere. */
  readonly on: string | null;
}

export function ok(about: string, says: string): Finding {
  return { about, level: "ok", says, todo: null, stops: [], on: null };
}

export function warning(about: string, says: string, todo: string): Finding {
  return { about, level: "warning", says, todo, stops: [], on: null };
}

/** @param on the account where it is so; null: everywhere */
export function problem(
  about: string,
  says: string,
  todo: string,
  stops: readonly Ability[],
  on: string | null = null,
): Finding {
  return { about, level: "problem", says, todo, stops, on };
}
