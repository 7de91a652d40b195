import { z } from "zod";
import type { Queries } from "./database.ts";

const checkRunSchema = z.object({
  external_id: z.string(),
  /** Null: asked for, and GitHub's answer was never kept. */
  run_id: z.int().nullable(),
  /** Null: in progress. */
  conclusion: z.enum(["success", "neutral", "failure"]).nullable(),
  /** Digests of the annotations that the run shows, in their order. */
  annotations: z.array(z.string()),
});
export type CheckRunRecord = Readonly<z.infer<typeof checkRunSchema>>;

export function createCheckRuns(queries: Queries) {
  return {
    async find(repositoryId: number, head: string): Promise<CheckRunRecord | null> {
      const [row] = await queries.rows(
        checkRunSchema,
        "SELECT external_id, run_id, conclusion, annotations FROM check_runs WHERE repository_id = $1 AND head = $2",
        [repositoryId, head],
      );
      return row ?? null;
    },

    async save(repositoryId: number, head: string, record: CheckRunRecord): Promise<void> {
      await queries.run(
        `INSERT INTO check_runs (repository_id, head, external_id, run_id, conclusion, annotations)
         VALUES ($1, $2, $3, $4, $5, $6::jsonb)
         ON CONFLICT (repository_id, head) DO UPDATE SET external_id = $3, run_id = $4, conclusion = $5, annotations = $6::jsonb`,
        [
          repositoryId,
          head,
          record.external_id,
          record.run_id,
          record.conclusion,
          JSON.stringify(record.annotations),
        ],
      );
    },
  };
}
