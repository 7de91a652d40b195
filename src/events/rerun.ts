import { z } from "zod";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const commit = z.object({ head_sha: z.string() });
const payloadSchema = z.union([
  z
    .object({ ...repositoryFields, check_run: commit })
    .transform((fields) => ({ ...fields, on: fields.check_run })),
  z
    .object({ ...repositoryFields, check_suite: commit })
    .transform((fields) => ({ ...fields, on: fields.check_suite })),
]);

/** Re-run was clicked on the check, or on all checks of the commit. GitHub sends it to the app that owns the run only. */
export const rerun: AppEvent = {
  names: ["check_run.rerequested", "check_suite.rerequested"],
  notices(payload) {
    const fields = payloadSchema.parse(payload);
    return [{ kind: "rerun", repository: repositoryOf(fields), head: fields.on.head_sha }];
  },
};
