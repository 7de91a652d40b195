import { describe, expect, test } from "vitest";
import { ROLES } from "../../src/domain/index.ts";
import type { Role } from "../../src/domain/index.ts";
import { decideLife, decideSeenAgain } from "../../src/policy/index.ts";
import type { Closer, IssueNow, LeakNow, LifeFacts, Verification } from "../../src/policy/index.ts";

const AT = new Date("2026-11-24T12:00:00Z");
const COLUMNS: readonly (Role | null)[] = [null, ...ROLES];
const VISIBILITIES = ["private", "public"] as const;

function leak(state: LeakNow["state"], how: string | null = null): LeakNow {
  return { state, cleared: how === null ? null : { actor: "max", how, at: AT }, ticked: false };
}

const STATES = {
  open: leak("open"),
  attested: leak("rolled", "attested"),
  dismissed: leak("dismissed", "dismissed"),
  verified: leak("rolled", "verified"),
  ticked: { ...leak("rolled", "attested"), ticked: true },
} as const;

function person(role: Role | null, broughtKey = false): Closer {
  return { kind: "person", login: "ann", role, broughtKey };
}

function closed(
  closer: Closer,
  reason: "completed" | "not_planned" | "duplicate" | "other",
  settled = false,
): IssueNow {
  return { state: "closed", reason, closer, settled };
}

function reopened(settled: boolean, later: boolean): IssueNow {
  return { state: "open", reopened: { by: "ann", settled, later } };
}

/** What happened to the issue, by the role of the one who did it. */
const EVENTS: Readonly<Record<string, (role: Role | null) => IssueNow>> = {
  completed: (role) => closed(person(role), "completed"),
  "completed by the pusher": (role) => closed(person(role, true), "completed"),
  "not planned": (role) => closed(person(role), "not_planned"),
  "not planned by the pusher": (role) => closed(person(role, true), "not_planned"),
  duplicate: (role) => closed(person(role), "duplicate"),
  "another reason": (role) => closed(person(role), "other"),
  "closed by a commit": () => closed({ kind: "automation" }, "completed"),
  "closed by a bot": () => closed({ kind: "bot" }, "not_planned"),
  "closed by Rollcall": () => closed({ kind: "rollcall" }, "completed"),
  "closed, unknown by whom": () => closed({ kind: "unknown" }, "completed"),
  "the same closing again": (role) => closed(person(role), "completed", true),
  "never reopened": () => ({ state: "open", reopened: null }),
  reopened: () => reopened(false, true),
  "reopened before": () => reopened(true, false),
  "reopened, by the clocks before": () => reopened(false, false),
};

/** Rows by event; columns by role: none, triage, write, maintain, admin. One word where the role does not matter. */
type Table = Readonly<Record<keyof typeof EVENTS, string>>;

const CLOSINGS = {
  completed: "no_attest_role no_attest_role attested attested attested",
  "completed by the pusher":
    "no_attest_role no_attest_role attested_by_pusher attested_by_pusher attested_by_pusher",
  "not planned": "no_dismiss_role no_dismiss_role no_dismiss_role dismissed dismissed",
  "not planned by the pusher": "no_dismiss_role no_dismiss_role no_dismiss_role brought_key dismissed",
  duplicate: "duplicate",
  "another reason": "duplicate",
  "closed by a commit": "automation",
  "closed by a bot": "bot",
  "closed by Rollcall": "-",
  "closed, unknown by whom": "ask_again",
};

const TABLES: Readonly<Record<keyof typeof STATES, Table>> = {
  open: {
    ...CLOSINGS,
    "closed by Rollcall": "follow",
    "the same closing again": "follow",
    "never reopened": "-",
    reopened: "-",
    "reopened before": "-",
    "reopened, by the clocks before": "-",
  },
  attested: {
    ...CLOSINGS,
    "the same closing again": "-",
    "never reopened": "-",
    reopened: "open",
    "reopened before": "-",
    "reopened, by the clocks before": "open",
  },
  dismissed: {
    ...CLOSINGS,
    "the same closing again": "-",
    "never reopened": "-",
    reopened: "open",
    "reopened before": "-",
    "reopened, by the clocks before": "open",
  },
  verified: {
    ...Object.fromEntries(Object.keys(CLOSINGS).map((event) => [event, "-"])),
    "closed, unknown by whom": "ask_again",
    "the same closing again": "-",
    "never reopened": "-",
    reopened: "open",
    "reopened before": "-",
    "reopened, by the clocks before": "-",
  },
  ticked: Object.fromEntries(Object.keys(EVENTS).map((event) => [event, "-"])),
};

/** A decision in one word: the grounds of a change, the reason of a refusal. */
function wordOf(facts: LifeFacts): string {
  const decision = decideLife(facts);
  switch (decision.kind) {
    case "nothing":
      return "-";
    case "ask_again":
      return "ask_again";
    case "reopen":
      return decision.because ?? "follow";
    case "change":
      return decision.how === "reopened" ? "open" : decision.how;
  }
}

function factsOf(state: LeakNow, issue: IssueNow, rest: Partial<LifeFacts> = {}): LifeFacts {
  return {
    leak: state,
    issue,
    verification: "unknown",
    visibility: "private",
    roles: { attestRole: "write", dismissRole: "maintain" },
    ...rest,
  };
}

describe.each(Object.entries(STATES))("a leak that is %s", (name, state) => {
  const table = Object.entries(TABLES).find(([key]) => key === name)?.[1] ?? {};

  test("has an answer to every event", () => {
    expect(new Set(Object.keys(table))).toEqual(new Set(Object.keys(EVENTS)));
  });

  test.each(Object.entries(table))("%s: %s", (event, row) => {
    const words = row.split(" ");
    for (const visibility of VISIBILITIES) {
      const actual = COLUMNS.map((role) => {
        const issue = EVENTS[event]?.(role);
        if (issue === undefined) throw new Error(`no event ${event}`);
        return wordOf(factsOf(state, issue, { visibility }));
      });
      expect(actual).toEqual(words.length === 1 ? COLUMNS.map(() => row) : words);
    }
  });
});

test.each<[Verification, "private" | "public", string]>([
  ["active", "private", "still_active"],
  ["dead", "private", "verified"],
  ["unknown", "private", "attested"],
  ["active", "public", "attested"],
  ["dead", "public", "attested"],
])("closed as completed while the key is %s: a %s issue is %s", (verification, visibility, word) => {
  const facts = factsOf(STATES.open, closed(person("write"), "completed"), { verification, visibility });
  expect(wordOf(facts)).toBe(word);
});

test("the configured roles decide", () => {
  const roles = { attestRole: "triage", dismissRole: "write" } as const;
  const by = (reason: "completed" | "not_planned"): string[] =>
    COLUMNS.map((role) => wordOf(factsOf(STATES.open, closed(person(role), reason), { roles })));
  expect(by("completed")).toEqual(["no_attest_role", "attested", "attested", "attested", "attested"]);
  expect(by("not_planned")).toEqual([
    "no_dismiss_role",
    "no_dismiss_role",
    "dismissed",
    "dismissed",
    "dismissed",
  ]);
});

test.each<[keyof typeof STATES, Verification, string, string]>([
  ["open", "active", "nothing", "nothing"],
  ["dismissed", "active", "nothing", "nothing"],
  ["dismissed", "unknown", "nothing", "nothing"],
  ["attested", "active", "alarm", "alarm"],
  ["attested", "unknown", "alarm", "nothing"],
  ["attested", "dead", "note", "note"],
  ["ticked", "unknown", "alarm", "nothing"],
  ["verified", "active", "alarm", "alarm"],
  ["verified", "unknown", "note", "note"],
  ["verified", "dead", "note", "note"],
])(
  "a commit brings the key of a leak that is %s, and it is %s: %s, or %s if it is older",
  (state, verification, since, before) => {
    expect(decideSeenAgain(STATES[state], verification, "since")).toBe(since);
    expect(decideSeenAgain(STATES[state], verification, "before")).toBe(before);
  },
);

test.each([
  [
    "as completed, and its leak never was anything but open",
    { ...STATES.open, isNew: true },
    "completed",
    "rebuilt",
  ],
  ["as not planned, because it moved", { ...STATES.open, isNew: true }, "not_planned", null],
  [
    "as completed, and its leak is on record as rolled",
    { ...STATES.verified, isNew: false },
    "completed",
    null,
  ],
] as const)("an issue that Rollcall closed %s", (_name, state, reason, how) => {
  const decision = decideLife(factsOf(state, closed({ kind: "rollcall" }, reason)));
  expect(decision).toEqual(
    how === null ? { kind: "nothing" } : { kind: "change", to: "rolled", how, actor: null },
  );
});
