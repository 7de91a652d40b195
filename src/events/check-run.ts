import { z } from "zod";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  check_run: z.object({
    head_sha: z.string(),
    check_suite: z.object({ head_branch: z.string().nullable() }).nullish(),
  }),
});

/** Re-run was pressed on the check. GitHub sends this to the app that owns the run only. */
export const checkRun: AppEvent = {
  names: ["check_run.rerequested"],
  jobs(payload) {
    const fields = payloadSchema.parse(payload);
    const { head_sha: head, check_suite: suite } = fields.check_run;
    return [{ kind: "rerun", repository: repositoryOf(fields), head, branch: suite?.head_branch ?? null }];
  },
};
