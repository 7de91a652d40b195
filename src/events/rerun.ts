import { z } from "zod";
import { HISTORY_CHECK_NAME } from "../domain/index.ts";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const commit = z.object({ head_sha: z.string() });
const run = commit.extend({ name: z.string() });
const payloadSchema = z.union([
  z
    .object({ ...repositoryFields, check_run: run })
    .transform((fields) => ({ ...fields, on: fields.check_run, name: fields.check_run.name })),
  z
    .object({ ...repositoryFields, check_suite: commit })
    .transform((fields) => ({ ...fields, on: fields.check_suite, name: null })),
]);

/** Re-run was clicked on the check, or on all checks of the commit. GitHub sends it to the app that owns the run only. */
export const rerun: AppEvent = {
  names: ["check_run.rerequested", "check_suite.rerequested"],
  notices(payload) {
    const fields = payloadSchema.parse(payload);
    const of = { repository: repositoryOf(fields), head: fields.on.head_sha };
    // Of all checks of the commit, both.
    return [
      ...(fields.name === HISTORY_CHECK_NAME ? [] : [{ kind: "rerun", ...of } as const]),
      ...(fields.name === HISTORY_CHECK_NAME || fields.name === null
        ? [{ kind: "rerun_history", ...of } as const]
        : []),
    ];
  },
};
