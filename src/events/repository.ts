import { z } from "zod";
import type { RepositoryState } from "../domain/index.ts";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const STATES: Readonly<Record<string, RepositoryState>> = {
  archived: "archived",
  deleted: "removed",
  edited: "active",
  privatized: "active",
  publicized: "active",
  renamed: "active",
  transferred: "active",
  unarchived: "active",
};

const payloadSchema = z.object({ ...repositoryFields, action: z.string() });

/** The repository was renamed, moved, archived or deleted, or other people can see it now. */
export const repository: AppEvent = {
  names: Object.keys(STATES).map((action) => `repository.${action}`),
  notices(payload) {
    const fields = payloadSchema.parse(payload);
    const state = STATES[fields.action] ?? "active";
    const publicized = fields.action === "publicized";
    return [{ kind: "repository_changed", repository: repositoryOf(fields), state, publicized }];
  },
};
