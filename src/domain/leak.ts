import { z } from "zod";

/** The state of a leak. Only `open` counts. */
export const LEAK_STATES = ["open", "rolled", "dismissed"] as const;
export type LeakStateName = (typeof LEAK_STATES)[number];

/** On what grounds the state of a leak changed, or was confirmed. */
export type LeakGrounds =
  /** A scan found it. */
  | "found"
  /** Its issue was opened. */
  | "filed"
  /** Its issue was closed in a way that does not count, and reopened. */
  | "kept_open"
  /** A person with the role says that the key is rolled. */
  | "attested"
  /** The same, by the person who pushed the key or wrote a commit that holds it. */
  | "attested_by_pusher"
  /** Stripe says that the key is dead. */
  | "verified"
  /** Rollcall itself had closed its issue before the record was lost. */
  | "rebuilt"
  /** A person with the role says that it is no leak. */
  | "dismissed"
  /** A person reopened the issue. */
  | "reopened"
  /** A new commit brought the rolled key. */
  | "found_again"
  /** Stripe says that the key works. */
  | "still_active";

/** The person whose closed issue, or ticked box, cleared a leak; or how Rollcall knows. */
export interface Clearance {
  /** Login of a person; null: Rollcall itself. */
  readonly actor: string | null;
  /** A `LeakGrounds`; a later version may write others. */
  readonly how: string;
  readonly at: Date;
}

/** One credential of this repository on record. */
export interface LeakState {
  readonly state: LeakStateName;
  /** Who cleared it and how; null while it is open. */
  readonly cleared: Clearance | null;
  /** Its remediation issue, if one was opened. */
  readonly issue: { readonly number: number; readonly url: string } | null;
}

/** Who changed the state of a leak, and on what grounds. */
export const leakEventSchema = z.object({
  from: z.enum(LEAK_STATES).nullable(),
  to: z.enum(LEAK_STATES),
  /** Login of a person; null: Rollcall itself. */
  actor: z.string().nullable(),
  /** A `LeakGrounds`; a later version may write others. */
  how: z.string(),
  at: z.date(),
});
export type LeakEvent = Readonly<z.infer<typeof leakEventSchema>>;

/**
 * The state of a leak whose rows, one for each repository, differ: while one is open, it is open; what was rolled stays
 * rolled whatever else was dismissed.
 */
export function stateOfRows(rows: readonly { readonly state: LeakStateName }[]): LeakStateName | null {
  return LEAK_STATES.find((state) => rows.some((row) => row.state === state)) ?? null;
}
