/** What each permission and event is needed for, and which of them are missing. */
import type { Granted } from "../facts.ts";
import type { Ability } from "../finding.ts";

const NEEDS_PERMISSION: Readonly<Record<string, readonly Ability[]>> = {
  metadata: ["pushes", "pulls", "queues"],
  contents: ["pushes", "pulls", "queues"],
  checks: ["checks", "buttons"],
  issues: ["issues", "closings"],
  pull_requests: ["pulls"],
  merge_queues: ["queues"],
};

const NEEDS_EVENT: Readonly<Record<string, readonly Ability[]>> = {
  push: ["pushes"],
  pull_request: ["pulls"],
  merge_group: ["queues"],
  check_run: ["buttons"],
  check_suite: ["buttons"],
  issues: ["closings"],
};

const LEVELS = ["none", "read", "write", "admin"];

export interface Missing {
  /** Such as `checks: write`. */
  readonly permissions: readonly string[];
  readonly events: readonly string[];
  readonly stops: readonly Ability[];
}

/** What is wanted and not granted. GitHub cannot grant an event whose permission is missing, so such an event is left out. */
export function missingOf(wanted: Granted, granted: Granted): Missing {
  const permissions = Object.entries(wanted.permissions).filter(
    ([name, level]) => rank(granted.permissions[name]) < rank(level),
  );
  const refused = new Set(permissions.map(([name]) => name));
  const events = wanted.events.filter(
    (event) => !granted.events.includes(event) && !refused.has(permissionOf(event)),
  );
  const stops = [
    ...permissions.flatMap(([name]) => NEEDS_PERMISSION[name] ?? []),
    ...events.flatMap((event) => NEEDS_EVENT[event] ?? []),
  ];
  return {
    permissions: permissions.map(([name, level]) => `${name}: ${level}`),
    events,
    stops: [...new Set(stops)],
  };
}

/** Permissions that are granted and that Rollcall never uses. */
export function needlessOf(wanted: Granted, granted: Granted): string[] {
  return Object.entries(granted.permissions)
    .filter(([name, level]) => rank(level) > rank(wanted.permissions[name]))
    .map(([name, level]) => `${name}: ${level}`);
}

function rank(level: string | undefined): number {
  return Math.max(0, LEVELS.indexOf(level ?? "none"));
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads says which permission each event needs. */
function permissionOf(event: string): string {
  switch (event) {
    case "push":
      return "contents";
    case "pull_request":
      return "pull_requests";
    case "merge_group":
      return "merge_queues";
    case "check_run":
    case "check_suite":
      return "checks";
    case "issues":
      return "issues";
    default:
      return "metadata";
  }
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], joint = "and"): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${joint} ${last}`;
}
