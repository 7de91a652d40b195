import { z } from "zod";
import type { InstalledRepository } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import type { AppEvent } from "./event.ts";

const repositories = z
  .array(z.object({ id: z.int(), full_name: z.string(), private: z.boolean() }))
  .optional()
  .default([]);

/** Seconds since 1970, or an ISO date: GitHub's description allows both. */
const time = z
  .union([z.int().transform((seconds) => new Date(seconds * 1000)), z.coerce.date()])
  .nullish()
  .catch(null);

const addedSchema = z.object({
  action: z.string(),
  installation: z.object({ id: z.int(), created_at: time, updated_at: time }),
  /** Of `installation`. */
  repositories,
  /** Of `installation_repositories`. */
  repositories_added: repositories,
});

const ids = z
  .array(z.object({ id: z.int() }))
  .optional()
  .default([]);

const removedSchema = z.object({
  action: z.string(),
  installation: z.object({ id: z.int() }),
  repositories_removed: ids,
});

/**
 * The app was installed or given more repositories, or works again: after a suspension, or with permissions that it lacked.
 * What it missed is looked for.
 */
export const installation: AppEvent = {
  names: [
    "installation.created",
    "installation.unsuspend",
    "installation.new_permissions_accepted",
    "installation_repositories.added",
  ],
  notices(payload, receivedAt) {
    const fields = addedSchema.parse(payload);
    const added = [...fields.repositories, ...fields.repositories_added].map(
      ({ id, full_name: fullName, private: hidden }): InstalledRepository => {
        const [owner = "", name = ""] = fullName.split("/");
        return { id, installationId: fields.installation.id, owner, name: redactText(name), private: hidden };
      },
    );
    const { created_at: created, updated_at: updated } = fields.installation;
    const told = (fields.action === "created" ? created : updated) ?? receivedAt;
    // The delivery may be late.
    const since = told < receivedAt ? told : receivedAt;
    return added.length === 0 ? [] : [{ kind: "installed", repositories: added, since }];
  },
};

/** The app was uninstalled, suspended, or lost repositories. */
export const uninstallation: AppEvent = {
  names: ["installation.deleted", "installation.suspend", "installation_repositories.removed"],
  notices(payload) {
    const { action, installation: from, repositories_removed: removed } = removedSchema.parse(payload);
    const repositoryIds = action === "removed" ? removed.map(({ id }) => id) : null;
    return [{ kind: "uninstalled", installationId: from.id, repositoryIds }];
  },
};
