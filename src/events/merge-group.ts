import { z } from "zod";
import type { AppEvent } from "./event.ts";
import { safeName } from "./names.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  action: z.string(),
  merge_group: z.object({ head_sha: z.string(), head_ref: z.string(), base_sha: z.string() }),
});

/** A group of the merge queue, which waits for its check for ever; it carries no date, so that order of arrival counts. */
export const mergeGroup: AppEvent = {
  names: ["merge_group.checks_requested", "merge_group.destroyed"],
  jobs(payload) {
    const fields = payloadSchema.parse(payload);
    const { head_sha: head, base_sha: base } = fields.merge_group;
    const ref = safeName(fields.merge_group.head_ref);
    const repository = repositoryOf(fields);
    const asOf = new Date().toISOString();
    if (fields.action === "destroyed")
      return [{ kind: "retire", repository, key: `merge_group:${ref}`, asOf }];
    return [
      {
        kind: "scan",
        repository,
        scope: { kind: "merge_group", ref, base, head },
        hints: { commits: null, count: null, previousHead: null, forced: false, tag: null, inNames: [] },
        trust: { kind: "nobody" },
        asOf,
        configurationChanged: false,
        last: false,
      },
    ];
  },
};
