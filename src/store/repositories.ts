import { z } from "zod";
import type { Repository } from "../domain/index.ts";
import type { Queries } from "./database.ts";

const readAtSchema = z.object({ issues_read_at: z.date().nullable() });

export function createRepositories(queries: Queries) {
  return {
    async save(repository: Repository): Promise<void> {
      await queries.run(
        `INSERT INTO repositories (id, installation_id, owner, name, private, default_branch) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET installation_id = $2, owner = $3, name = $4, private = $5, default_branch = $6`,
        [
          repository.id,
          repository.installationId,
          repository.owner,
          repository.name,
          repository.private,
          repository.defaultBranch,
        ],
      );
    },

    /** When every issue that this app wrote there was last matched with the leaks; null where it never was. */
    async issuesReadAt(repositoryId: number): Promise<Date | null> {
      const [row] = await queries.rows(
        readAtSchema,
        "SELECT issues_read_at FROM repositories WHERE id = $1",
        [repositoryId],
      );
      return row?.issues_read_at ?? null;
    },

    async setIssuesReadAt(repositoryId: number, at: Date): Promise<void> {
      await queries.run("UPDATE repositories SET issues_read_at = $2 WHERE id = $1", [repositoryId, at]);
    },
  };
}
