import { z } from "zod";
import { findingSchema } from "./finding.ts";

/** The commits that a scan has to cover. */
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

/** What a delivery says about the commits of a scope. It saves requests; the commits themselves decide. */
export const scopeFactsSchema = z.object({
  /** Commits that the delivery lists, oldest first; null if it lists none. */
  listedCommits: z.array(z.string()).nullable(),
  /** How many commits the scope has according to the delivery; null if it does not say. */
  commitCount: z.int().nullable(),
  /** Head of the same scope before this delivery. */
  previousHead: z.string().nullable(),
  /** The ref no longer holds everything it held before. */
  forced: z.boolean(),
  /** The annotated tag that was pushed; its message is read too. */
  tag: z.string().nullable(),
  /** The delivery lists `.github/rollcall.yml` among the changed files. */
  changesConfiguration: z.boolean().default(false),
  /** Login of the person who pushed; null where the delivery does not say. */
  pusher: z.string().nullable().default(null),
  /** Findings in the name of the branch or tag. The name itself is stored redacted. */
  inNames: z.array(findingSchema),
});
export type ScopeFacts = Readonly<z.infer<typeof scopeFactsSchema>>;

/** Facts of a scope that no delivery described. */
export const NO_FACTS: ScopeFacts = {
  listedCommits: null,
  commitCount: null,
  previousHead: null,
  forced: false,
  tag: null,
  changesConfiguration: false,
  pusher: null,
  inNames: [],
};

/** The commit whose check run shows the verdict of the scope. */
export function headOf(scope: Scope): string {
  return scope.kind === "push" ? scope.after : scope.head;
}

/** The name shared by all scopes of one ref, pull request or merge group. */
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

/** What makes a scope the same as another: its key, where it starts and where it ends. */
export function idOf(scope: Scope): string {
  const start = scope.kind === "push" ? (scope.before ?? "") : scope.base;
  return `${keyOf(scope)} ${start}..${headOf(scope)}`;
}

const MERGE_QUEUE = "refs/heads/gh-readonly-queue/";

/**
 * Whether the ref is named like a branch of the merge queue. Anyone who can write can choose such a name, so only a
 * `merge_group` delivery for the same ref makes it one.
 */
export function isNamedLikeMergeQueue(ref: string): boolean {
  return ref.startsWith(MERGE_QUEUE);
}
