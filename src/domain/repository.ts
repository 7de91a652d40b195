import { z } from "zod";

/** A repository as its last delivery described it. The numeric id is its identity: names change. */
export const repositorySchema = z.strictObject({
  id: z.int(),
  installationId: z.int(),
  owner: z.string(),
  name: z.string(),
  private: z.boolean(),
  defaultBranch: z.string(),
});
export type Repository = Readonly<z.infer<typeof repositorySchema>>;
