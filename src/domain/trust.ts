import { z } from "zod";

/** Who brought the commits of a scope. It decides whether a leak in them may open an issue. */
export const trustSchema = z.discriminatedUnion("kind", [
  /** A push or a merge: only people with write access can do either. */
  z.object({
    kind: z.literal("writer"),
    /** Of a merged pull request: its author, whose role still decides whether Stripe is asked about a key. */
    author: z.string().optional(),
  }),
  /** A pull request: its author's role decides, wherever the branch lives. */
  z.object({ kind: z.literal("author"), login: z.string() }),
  /** A merge group, or a commit whose author is unknown: issues are opened once it is merged. */
  z.object({ kind: z.literal("nobody") }),
]);
export type Trust = Readonly<z.infer<typeof trustSchema>>;
