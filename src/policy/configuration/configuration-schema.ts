import { z } from "zod";
import {
  ATTEST_ROLES,
  CHECK_MODES,
  DISMISS_ROLES,
  HISTORY_SETTINGS,
  KEY_SETTINGS,
  LOW_CONFIDENCE_SETTINGS,
} from "./configuration.ts";
import { globProblem } from "./path-glob.ts";

/**
 * The shape of `.github/rollcall.yml`. Every scalar is a string, because YAML would guess (a fingerprint of digits as a
 * number, `no` as a boolean). Each message completes the sentence "`key` …".
 */

const MAX_RULES = 50;
const MAX_GLOBS = 20;

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, {
    error: () =>
      `must be ${values
        .toReversed()
        .join(", ")
        .replace(/, ([^,]*)$/, " or $1")}`,
  });
}

function list<Element extends z.ZodType>(element: Element, most: number, what: string) {
  return z
    .array(element, { error: () => `must be a list of ${what}` })
    .max(most, { error: () => `must not have more than ${most} entries` });
}

function text(most: number, what: string) {
  const error = (): string => `must be ${what}, at most ${most} characters`;
  return z.string({ error }).trim().min(1, { error }).max(most, { error });
}

function pattern(expression: RegExp, message: string) {
  const error = (): string => message;
  return z.string({ error }).regex(expression, { error });
}

/** The parser checks how far away the date is, because it knows the day. */
const endDate = z.iso.date({ error: () => "must be a date such as 2027-01-31" });

/** A message for the object itself; unknown keys in it are named one by one elsewhere. */
function nameless(message: string) {
  return (issue: { readonly code?: string }): string | undefined =>
    issue.code === "unrecognized_keys" ? undefined : message;
}

const glob = z.string({ error: () => "must be a path" }).superRefine((text, context) => {
  const problem = globProblem(text);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});

const allowRule = z
  .strictObject(
    {
      fingerprint: pattern(
        /^[0-9a-f]{20}$/,
        "must be the fingerprint that the check shows: 20 hex digits, never the key itself",
      ).optional(),
      paths: list(glob, MAX_GLOBS, "paths")
        .min(1, { error: () => "must name at least one path" })
        .optional(),
      modes: list(
        z.literal("test", {
          error: () => "must be test: a live key is allowed by its fingerprint only, never by its path",
        }),
        1,
        "modes",
      ).optional(),
      reason: text(200, "a reason in plain words"),
      until: endDate.optional(),
    },
    { error: nameless("must be a rule with fingerprint or paths") },
  )
  .transform((rule, context) => {
    const { fingerprint, paths, modes, reason, until } = rule;
    const refuse = (message: string, ...path: string[]) => {
      context.addIssue({ code: "custom", message, path });
      return z.NEVER;
    };
    if (fingerprint === undefined) {
      return paths === undefined
        ? refuse("must have either fingerprint or paths")
        : { kind: "paths" as const, paths, reason, until: until ?? null };
    }
    if (paths !== undefined || modes !== undefined)
      return refuse("must have either fingerprint or paths with modes, not both");

    return until === undefined
      ? refuse("must be a date at most one year from now", "until")
      : { kind: "fingerprint" as const, fingerprint, reason, until };
  });

const userNames = list(
  pattern(/^@?[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})$/, "must be a GitHub user name").transform((name) =>
    name.replace("@", ""),
  ),
  10,
  "user names",
);

/** A drill more often than this would only be closed unread. */
const LEAST_DRILL_DAYS = 7;

const drill = z
  .strictObject(
    {
      every: pattern(/^[1-9][0-9]{0,2}d$/, "must be a number of days such as 90d")
        .transform((days) => Number.parseInt(days, 10))
        .refine((days) => days >= LEAST_DRILL_DAYS, {
          error: () => `must be at least ${LEAST_DRILL_DAYS}d`,
        }),
      assign: userNames.optional(),
    },
    { error: nameless("must have the key every, such as `every: 90d`, and can have assign") },
  )
  .transform(({ every, assign }) => ({ everyDays: every, assign: assign ?? [] }));

export const fileSchema = z.strictObject(
  {
    mode: oneOf(CHECK_MODES).optional(),
    test_keys: oneOf(KEY_SETTINGS).optional(),
    webhook_secrets: oneOf(KEY_SETTINGS).optional(),
    low_confidence: oneOf(LOW_CONFIDENCE_SETTINGS).optional(),
    verify_keys: z
      .enum(["true", "false"], { error: () => "must be true or false" })
      .transform((word) => word === "true")
      .optional(),
    verify_accounts: list(
      pattern(/^acct_[A-Za-z0-9]{1,64}$/, "must be an account id such as acct_1AbCdEfGh"),
      100,
      "account ids",
    ).optional(),
    attest_role: oneOf(ATTEST_ROLES).optional(),
    dismiss_role: oneOf(DISMISS_ROLES).optional(),
    history: oneOf(HISTORY_SETTINGS).optional(),
    allow: list(allowRule, MAX_RULES, "rules").optional(),
    issues: z
      .strictObject(
        {
          repository: pattern(
            /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})\/[A-Za-z0-9._-]{1,100}$/,
            "must be owner/name of a repository",
          ).optional(),
          assign: userNames.optional(),
          labels: list(text(50, "the name of a label"), 20, "labels").optional(),
          remind_after: list(
            pattern(/^[1-9][0-9]{0,2}d$/, "must be a number of days such as 3d").transform((days) =>
              Number.parseInt(days, 10),
            ),
            10,
            "days such as [1d, 3d, 7d]",
          ).optional(),
        },
        { error: nameless("must have the keys repository, assign, labels or remind_after") },
      )
      .optional(),
    drill: drill.optional(),
  },
  { error: nameless("must hold settings such as `mode: enforce`, one on a line") },
);

export type FileContent = z.infer<typeof fileSchema>;
