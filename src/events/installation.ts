import { z } from "zod";
import type { AppEvent } from "./event.ts";

const repositories = z.array(z.object({ id: z.int(), full_name: z.string(), private: z.boolean() }));

const payloadSchema = z.object({
  installation: z.object({ id: z.int() }),
  /** Of `installation`. */
  repositories: repositories.optional().default([]),
  /** Of `installation_repositories`. */
  repositories_added: repositories.optional().default([]),
});

/** The app was installed, or given more repositories. */
export const installation: AppEvent = {
  names: ["installation.created", "installation_repositories.added"],
  jobs(payload) {
    const fields = payloadSchema.parse(payload);
    return [...fields.repositories, ...fields.repositories_added].map((repository) => {
      const [owner = "", name = ""] = repository.full_name.split("/");
      return {
        kind: "welcome" as const,
        repository: {
          id: repository.id,
          installationId: fields.installation.id,
          owner,
          name,
          private: repository.private,
        },
      };
    });
  },
};
