import { z } from "zod";
import type { Repository } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";

/** The fields of a delivery's `repository` and `installation` that are used. */
export const repositoryFields = {
  repository: z.object({
    id: z.int(),
    name: z.string(),
    private: z.boolean(),
    default_branch: z.string(),
    owner: z.object({ login: z.string() }),
  }),
  installation: z.object({ id: z.int() }),
};

const fieldsSchema = z.object(repositoryFields);

export function repositoryOf(payload: z.infer<typeof fieldsSchema>): Repository {
  const { repository, installation } = payload;
  return {
    id: repository.id,
    installationId: installation.id,
    owner: repository.owner.login,
    name: repository.name,
    private: repository.private,
    // Redacted like every name of a ref. A default branch with a key in its name is then not found by name; git still is asked.
    defaultBranch: redactText(repository.default_branch),
  };
}
