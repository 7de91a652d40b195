import { z } from "zod";

/** A repository as its last delivery described it. The numeric id is its identity: names change. */
export const repositorySchema = z.object({
  id: z.int(),
  installationId: z.int(),
  owner: z.string(),
  name: z.string(),
  private: z.boolean(),
  defaultBranch: z.string(),
});
export type Repository = Readonly<z.infer<typeof repositorySchema>>;

/** `archived`: GitHub refuses writes. `removed`: deleted, or no longer covered by the installation. */
export const REPOSITORY_STATES = ["active", "archived", "removed"] as const;
export type RepositoryState = (typeof REPOSITORY_STATES)[number];
