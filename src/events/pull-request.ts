import { z } from "zod";
import type { Hints, Job } from "../jobs/index.ts";
import type { AppEvent } from "./event.ts";
import { findInName } from "./names.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  action: z.string(),
  /** Head before a `synchronize`. */
  before: z.string().optional(),
  /** Present on `edited`: which fields had another value. */
  changes: z.object({ base: z.unknown().optional() }).optional(),
  pull_request: z.object({
    number: z.int(),
    merged: z.boolean().optional().default(false),
    updated_at: z.iso.datetime({ offset: true }),
    commits: z.int().nullish(),
    user: z.object({ login: z.string() }).nullable(),
    base: z.object({ sha: z.string() }),
    head: z.object({ sha: z.string(), ref: z.string() }),
  }),
});

/** A pull request that was opened, gained commits, changed its base, or ended. */
export const pullRequest: AppEvent = {
  names: ["opened", "synchronize", "reopened", "edited", "closed"].map((action) => `pull_request.${action}`),
  jobs(payload) {
    const fields = payloadSchema.parse(payload);
    const { action, pull_request: pull } = fields;
    if (action === "edited" && fields.changes?.base === undefined) return [];
    const repository = repositoryOf(fields);
    const asOf = pull.updated_at;
    if (action === "closed" && !pull.merged) {
      return [{ kind: "retire", repository, key: `pull_request:${pull.number}`, asOf }];
    }
    const hints: Hints = {
      commits: null,
      count: pull.commits ?? null,
      previousHead: action === "synchronize" ? (fields.before ?? null) : null,
      forced: false,
      tag: null,
      inNames: findInName(pull.head.ref, "ref_name", pull.head.sha),
    };
    const job: Job = {
      kind: "scan",
      repository,
      scope: { kind: "pull_request", number: pull.number, base: pull.base.sha, head: pull.head.sha },
      hints,
      // Who merges may write; before that an author who was deleted (`ghost`) has no role.
      trust: pull.merged ? { kind: "writer" } : { kind: "author", login: pull.user?.login ?? "ghost" },
      asOf,
      configurationChanged: false,
      last: pull.merged,
    };
    return [job];
  },
};
