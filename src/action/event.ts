/** Reads what an event of GitHub Actions is about: which commits are new with it. */
import { z } from "zod";

const ZEROS = /^0+$/;
const id = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const repository = z.object({ default_branch: z.string() });

const pushSchema = z.object({ ref: z.string(), before: id, after: id, repository });
const pullRequestSchema = z.object({
  pull_request: z.object({
    head: z.object({ sha: id }),
    base: z.object({ sha: id, ref: z.string() }),
  }),
});
const mergeGroupSchema = z.object({ merge_group: z.object({ head_sha: id, base_sha: id }) });

/** What an event is about. */
export type EventScope =
  /** A branch or tag was deleted. */
  | { readonly kind: "nothing" }
  /** Everything in the clone: the event names no commits, such as a schedule. */
  | { readonly kind: "everything" }
  | {
      readonly kind: "new";
      readonly tip: string;
      /** Commits and refs whose history is not new, as far as the clone has them. */
      readonly known: readonly string[];
      /** The same where it has none of those. */
      readonly otherwise: readonly string[];
      /** Whether later events of the same branch do not tell of these commits again. */
      readonly isOnce: boolean;
    };

/**
 * @param name as GitHub Actions calls the event
 * @param payload the webhook's
 * @throws {z.ZodError} where the payload is not one of that event
 */
export function scopeOfEvent(name: string, payload: unknown): EventScope {
  switch (name) {
    case "push":
      return scopeOfPush(pushSchema.parse(payload));
    case "pull_request":
    case "pull_request_target": {
      const { head, base } = pullRequestSchema.parse(payload).pull_request;
      return {
        kind: "new",
        tip: head.sha,
        // The base may have moved on since the event's commit, and the head may hold what it has gained.
        known: [base.sha, remoteBranch(base.ref)],
        otherwise: [],
        isOnce: false,
      };
    }
    case "merge_group": {
      const { head_sha: tip, base_sha: base } = mergeGroupSchema.parse(payload).merge_group;
      return { kind: "new", tip, known: [base], otherwise: [], isOnce: false };
    }
    default:
      return { kind: "everything" };
  }
}

function scopeOfPush({
  ref,
  before,
  after,
  repository: { default_branch },
}: z.infer<typeof pushSchema>): EventScope {
  if (ZEROS.test(after)) return { kind: "nothing" };
  return {
    kind: "new",
    tip: after,
    // After a forced push the clone lacks the commit before it.
    known: ZEROS.test(before) ? [] : [before],
    // Not every other branch: two that are pushed together with the same commits would each leave them to the other.
    otherwise: ref === `refs/heads/${default_branch}` ? [] : [remoteBranch(default_branch)],
    isOnce: true,
  };
}

/** Where actions/checkout puts a branch. */
function remoteBranch(name: string): string {
  return `refs/remotes/origin/${name}`;
}
