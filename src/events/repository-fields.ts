import { z } from "zod";
import type { Repository } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";

/** GitHub Enterprise Server has sent pushes whose owner has a name and no login; both are the same word. */
const ownerSchema = z.union([
  z.object({ login: z.string() }),
  z.object({ name: z.string() }).transform(({ name }) => ({ login: name })),
]);

/** The fields of a delivery's `repository` and `installation` that are used. */
export const repositoryFields = {
  repository: z.object({
    id: z.int(),
    name: z.string(),
    private: z.boolean(),
    default_branch: z.string(),
    owner: ownerSchema,
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
    // Redacted, because it goes to the record, checks and issues. Requests go by the id, and git asks for the name.
    name: redactText(repository.name),
    private: repository.private,
    // Redacted like every name of a ref. A default branch with a key in its name is then not found by name; git still is asked.
    defaultBranch: redactText(repository.default_branch),
  };
}
