import { z } from "zod";

/** The buttons of a check run, by the identifier that GitHub sends back on a click. */
export const BUTTONS = ["accept_unread", "recheck", "ignore_test_keys"] as const;
export type Button = (typeof BUTTONS)[number];

/** What a click did, or why it did nothing. */
export const BUTTON_RESULTS = [
  "done",
  /** The person's role is below the one that the button needs. */
  "no_role",
  /** There was nothing left to do. */
  "nothing",
] as const;

/** The last click on a button of a commit's check. */
export const buttonAnswerSchema = z.object({
  button: z.enum(BUTTONS),
  login: z.string(),
  result: z.enum(BUTTON_RESULTS),
  /** The role that it needs. */
  role: z.string(),
  at: z.date(),
});
export type ButtonAnswer = Readonly<z.infer<typeof buttonAnswerSchema>>;
