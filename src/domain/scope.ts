import { z } from "zod";

/** The commits that a scan has to cover, and under which name its verdict is kept. */
export const scopeSchema = z.discriminatedUnion("kind", [
  /** `before` null: a new ref. `ref` is the full name, such as `refs/heads/main`. */
  z.strictObject({
    kind: z.literal("push"),
    ref: z.string(),
    before: z.string().nullable(),
    after: z.string(),
  }),
  z.strictObject({ kind: z.literal("pull_request"), number: z.int(), base: z.string(), head: z.string() }),
  z.strictObject({ kind: z.literal("merge_group"), ref: z.string(), base: z.string(), head: z.string() }),
]);
export type Scope = Readonly<z.infer<typeof scopeSchema>>;

/** The commit whose check run shows the scope's verdict. */
export function headOf(scope: Scope): string {
  return scope.kind === "push" ? scope.after : scope.head;
}

/** The name under which one scope replaces an earlier one of the same ref, pull request or merge group. */
export function keyOf(scope: Scope): string {
  switch (scope.kind) {
    case "push":
      return `push:${scope.ref}`;
    case "pull_request":
      return `pull_request:${scope.number}`;
    case "merge_group":
      return `merge_group:${scope.ref}`;
  }
}

/** Branches that GitHub makes for the merge queue: what they hold is merged when it lands, and not before. */
const MERGE_QUEUE = "refs/heads/gh-readonly-queue/";

/** Whether a push to the ref shows that somebody who may write brought it. A commit of no known ref shows nothing. */
export function provesWriter(ref: string): boolean {
  return ref.startsWith("refs/") && !ref.startsWith(MERGE_QUEUE);
}
