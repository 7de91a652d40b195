import { z } from "zod";
import { redactText } from "../detect/index.ts";
import type { AppEvent } from "./event.ts";
import { findInName } from "./ref-findings.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const NO_COMMIT = /^0+$/;

const CONFIGURATION_PATH = ".github/rollcall.yml";

const paths = z.array(z.string()).nullish();

const payloadSchema = z.object({
  ...repositoryFields,
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  forced: z.boolean().optional(),
  sender: z.object({ login: z.string() }).nullish(),
  head_commit: z.object({ id: z.string() }).nullish(),
  commits: z
    .array(
      z.object({
        id: z.string(),
        /** Not in any push before. */
        distinct: z.boolean().optional(),
        added: paths,
        removed: paths,
        modified: paths,
      }),
    )
    .nullish(),
  repository: repositoryFields.repository.extend({ pushed_at: z.union([z.int(), z.string()]).nullish() }),
});

type PathList = readonly string[] | null | undefined;

interface ChangedPaths {
  readonly added?: PathList;
  readonly removed?: PathList;
  readonly modified?: PathList;
}

/**
 * A push to a branch or a tag. `after` of an annotated tag is the tag object; its commit is `head_commit`. A tag that
 * marks no commit has no place for a check run and is left alone.
 */
export const push: AppEvent = {
  names: ["push"],
  notices(payload, receivedAt) {
    const fields = payloadSchema.parse(payload);
    const ref = redactText(fields.ref);
    const repository = repositoryOf(fields);
    const asOf = timeOf(fields.repository.pushed_at) ?? receivedAt;
    if (NO_COMMIT.test(fields.after)) return [{ kind: "scope_ended", repository, key: `push:${ref}`, asOf }];
    const isTag = ref.startsWith("refs/tags/");
    // Without `head_commit` the pushed object is taken for the commit; of a tag that may be no commit.
    const after = fields.head_commit?.id ?? (isTag ? null : fields.after);
    if (after === null) return [];
    const before = NO_COMMIT.test(fields.before) ? null : fields.before;
    const listedCommits = fields.commits?.map((commit) => commit.id) ?? null;
    return [
      {
        kind: "scope",
        repository,
        scope: { kind: "push", ref, before, after },
        facts: {
          listedCommits,
          commitCount: listedCommits?.length ?? null,
          previousHead: before,
          // If the payload does not say, commits may have been dropped; looking costs one fetch.
          forced: fields.forced ?? before !== null,
          tag: fields.after === after ? null : fields.after,
          pusher: fields.sender?.login ?? null,
          changesConfiguration: changesConfiguration(fields.commits ?? []),
          inNames: findInName(fields.ref, isTag ? "tag_name" : "ref_name", after, receivedAt),
        },
        trust: { kind: "writer" },
        asOf,
        isNewCommit: fields.commits?.some(({ id, distinct }) => id === after && distinct === true) ?? false,
        lane: "trusted",
      },
    ];
  },
};

function changesConfiguration(commits: readonly ChangedPaths[]): boolean {
  return commits.some(({ added, removed, modified }) =>
    [added, removed, modified].some((paths) => paths?.includes(CONFIGURATION_PATH) === true),
  );
}

/** `pushed_at` is seconds since 1970 in this event and an ISO date in others. */
function timeOf(pushedAt: number | string | null | undefined): Date | null {
  if (typeof pushedAt === "number") return new Date(pushedAt * 1000);
  const time = typeof pushedAt === "string" ? new Date(pushedAt) : null;
  return time === null || Number.isNaN(time.getTime()) ? null : time;
}
