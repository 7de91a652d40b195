import { z } from "zod";

/** The state of a leak. Only `open` counts. */
export const LEAK_STATES = ["open", "rolled", "dismissed"] as const;

/** One credential of this repository on record. */
export interface LeakState {
  readonly state: (typeof LEAK_STATES)[number];
  /** Its remediation issue, if one was opened. */
  readonly issue: { readonly number: number; readonly url: string } | null;
}

/** Who changed the state of a leak, and on what grounds. */
export const leakEventSchema = z.object({
  from: z.enum(LEAK_STATES).nullable(),
  to: z.enum(LEAK_STATES),
  /** Login of a person; null: Rollcall itself. */
  actor: z.string().nullable(),
  /** The grounds, such as `found`, `verified`, `attested`. */
  how: z.string(),
  at: z.date(),
});
export type LeakEvent = Readonly<z.infer<typeof leakEventSchema>>;
