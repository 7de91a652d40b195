import { z } from "zod";
import { BUTTONS } from "../domain/index.ts";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  check_run: z.object({ head_sha: z.string() }),
  requested_action: z.object({ identifier: z.string() }),
  sender: z.object({ login: z.string() }),
});

/** A button of the check run was clicked. Anyone who can write can click it; the job checks the role. */
export const requestedAction: AppEvent = {
  names: ["check_run.requested_action"],
  notices(payload) {
    const fields = payloadSchema.parse(payload);
    const kind = BUTTONS.find((button) => button === fields.requested_action.identifier);
    if (kind === undefined) return [];
    const { head_sha: head } = fields.check_run;
    return [{ kind, repository: repositoryOf(fields), head, login: fields.sender.login }];
  },
};
