import { z } from "zod";
import type { Notice, Trust } from "../domain/index.ts";
import type { AppEvent } from "./event.ts";
import { findInName } from "./ref-findings.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

/** GitHub's words for authors who can usually write. */
const INSIDERS: ReadonlySet<string> = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

const payloadSchema = z.object({
  ...repositoryFields,
  action: z.string(),
  sender: z.object({ login: z.string() }).nullish(),
  /** Head before a `synchronize`. */
  before: z.string().optional(),
  /** Present on `edited`: which fields had another value. */
  changes: z.object({ base: z.unknown().optional() }).optional(),
  pull_request: z.object({
    number: z.int(),
    merged: z.boolean().optional().default(false),
    updated_at: z.iso.datetime({ offset: true }),
    commits: z.int().nullish(),
    author_association: z.string().optional(),
    user: z.object({ login: z.string() }).nullish(),
    base: z.object({ sha: z.string() }),
    head: z.object({ sha: z.string(), ref: z.string().nullish(), repo: z.object({ id: z.int() }).nullish() }),
  }),
});

/** A pull request that was opened, gained commits, changed its base, or ended. */
export const pullRequest: AppEvent = {
  names: ["opened", "synchronize", "reopened", "edited", "closed"].map((action) => `pull_request.${action}`),
  notices(payload, receivedAt) {
    const fields = payloadSchema.parse(payload);
    const { action, pull_request: pull } = fields;
    if (action === "edited" && fields.changes?.base === undefined) return [];
    const repository = repositoryOf(fields);
    const asOf = new Date(pull.updated_at);
    const key = `pull_request:${pull.number}`;
    const ended: Notice[] = action === "closed" ? [{ kind: "scope_ended", repository, key, asOf }] : [];
    if (action === "closed" && !pull.merged) return ended;
    const { sha: head, ref, repo } = pull.head;
    const insider = INSIDERS.has(pull.author_association ?? "") || repo?.id === repository.id;
    return [
      {
        kind: "scope",
        repository,
        scope: { kind: "pull_request", number: pull.number, base: pull.base.sha, head },
        facts: {
          listedCommits: null,
          commitCount: pull.commits ?? null,
          previousHead: action === "synchronize" ? (fields.before ?? null) : null,
          forced: false,
          tag: null,
          changesConfiguration: false,
          pusher: fields.sender?.login ?? null,
          inNames: findInName(ref ?? "", "ref_name", head, receivedAt),
        },
        // Whoever merges may write. Before that an author whose account was deleted (`ghost`) has no role.
        trust: trustOf(pull.merged, pull.user?.login ?? "ghost", repo?.id === repository.id),
        asOf,
        lane: pull.merged || insider ? "trusted" : "stranger",
      },
      // A merged pull request is read once more, to report its leaks, and ends.
      ...ended,
    ];
  },
};

function trustOf(merged: boolean, author: string, inRepository: boolean): Trust {
  if (merged) return inRepository ? { kind: "writer" } : { kind: "writer", author };
  return inRepository ? { kind: "author", login: author, inRepository } : { kind: "author", login: author };
}
