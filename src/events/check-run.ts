import { z } from "zod";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  check_run: z.object({ head_sha: z.string() }),
});

/** Re-run was pressed on the check. GitHub sends this to the app that owns the run only. */
export const checkRun: AppEvent = {
  names: ["check_run.rerequested"],
  jobs(payload) {
    const fields = payloadSchema.parse(payload);
    return [{ kind: "rerun", repository: repositoryOf(fields), head: fields.check_run.head_sha }];
  },
};
