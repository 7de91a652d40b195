import { z } from "zod";
import { NO_FACTS } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  action: z.string(),
  merge_group: z.object({ head_sha: z.string(), head_ref: z.string(), base_sha: z.string() }),
});

/** A group of the merge queue, which waits for its check until it times out. It has no time, so the order of arrival counts. */
export const mergeGroup: AppEvent = {
  names: ["merge_group.checks_requested", "merge_group.destroyed"],
  notices(payload, receivedAt) {
    const fields = payloadSchema.parse(payload);
    const { head_sha: head, base_sha: base } = fields.merge_group;
    const ref = redactText(fields.merge_group.head_ref);
    const repository = repositoryOf(fields);
    if (fields.action === "destroyed")
      return [{ kind: "scope_ended", repository, key: `merge_group:${ref}`, asOf: receivedAt }];
    return [
      {
        kind: "scope",
        repository,
        scope: { kind: "merge_group", ref, base, head },
        facts: NO_FACTS,
        trust: { kind: "nobody" },
        asOf: receivedAt,
        lane: "trusted",
      },
    ];
  },
};
