import { z } from "zod";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  check_suite: z.object({ head_sha: z.string() }),
});

/** "Re-run all checks" was pressed on the commit. */
export const checkSuite: AppEvent = {
  names: ["check_suite.rerequested"],
  jobs(payload) {
    const fields = payloadSchema.parse(payload);
    return [{ kind: "rerun", repository: repositoryOf(fields), head: fields.check_suite.head_sha }];
  },
};
