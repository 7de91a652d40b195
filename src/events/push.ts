import { z } from "zod";
import { provesWriter } from "../domain/index.ts";
import type { AppEvent } from "./event.ts";
import { findInName, safeName } from "./names.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

/** Where the configuration stands: a push that touches it makes the app read it again. */
const CONFIGURATION_PATH = ".github/rollcall.yml";

const NO_COMMIT = /^0+$/;

const paths = z.array(z.string()).optional().default([]);
const payloadSchema = z.object({
  ...repositoryFields,
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  forced: z.boolean(),
  deleted: z.boolean(),
  head_commit: z.object({ id: z.string() }).nullable(),
  commits: z.array(z.object({ id: z.string(), added: paths, removed: paths, modified: paths })),
  repository: repositoryFields.repository.extend({ pushed_at: z.union([z.int(), z.string()]).nullish() }),
});

/**
 * A push to a branch or a tag. `after` of an annotated tag is the tag object; its commit is `head_commit`. A tag that
 * names no commit has no place for a check run and is left alone.
 */
export const push: AppEvent = {
  names: ["push"],
  jobs(payload) {
    const fields = payloadSchema.parse(payload);
    const ref = safeName(fields.ref);
    const repository = repositoryOf(fields);
    const asOf = timeOf(fields.repository.pushed_at);
    if (fields.deleted || NO_COMMIT.test(fields.after))
      return [{ kind: "retire", repository, key: `push:${ref}`, asOf }];
    if (fields.head_commit === null) return [];
    const after = fields.head_commit.id;
    const before = NO_COMMIT.test(fields.before) ? null : fields.before;
    const touched = fields.commits.flatMap((commit) => [
      ...commit.added,
      ...commit.removed,
      ...commit.modified,
    ]);
    return [
      {
        kind: "scan",
        repository,
        scope: { kind: "push", ref, before, after },
        hints: {
          commits: fields.commits.map((commit) => commit.id),
          count: fields.commits.length,
          previousHead: before,
          forced: fields.forced,
          tag: fields.after === after ? null : fields.after,
          inNames: findInName(fields.ref, ref.startsWith("refs/tags/") ? "tag_name" : "ref_name", after),
        },
        trust: { kind: provesWriter(ref) ? "writer" : "nobody" },
        asOf,
        configurationChanged:
          ref === `refs/heads/${repository.defaultBranch}` &&
          (fields.forced || touched.includes(CONFIGURATION_PATH)),
        last: false,
      },
    ];
  },
};

/** `pushed_at` is seconds since 1970 in this event and an ISO date in others. */
function timeOf(pushedAt: number | string | null | undefined): string {
  if (typeof pushedAt === "number") return new Date(pushedAt * 1000).toISOString();
  if (typeof pushedAt === "string") return new Date(pushedAt).toISOString();
  return new Date().toISOString();
}
