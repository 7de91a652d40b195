import { z } from "zod";
import type { Queries } from "./database.ts";
import type { Deliveries } from "./record.ts";

/** The accepted deliveries of the record over PostgreSQL. */
export function createDeliveries(queries: Queries): Deliveries {
  return {
    async add(id, at) {
      const rows = await queries.rows(
        z.object({ id: z.string() }),
        "INSERT INTO deliveries (id, accepted_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id",
        [id, at],
      );
      return rows.length > 0;
    },

    async accepted(ids) {
      const rows = await queries.rows(
        z.object({ id: z.string() }),
        "SELECT id FROM deliveries WHERE id = ANY($1::text[])",
        [[...ids]],
      );
      return new Set(rows.map((row) => row.id));
    },

    async countRedelivery(id, at) {
      const [row] = await queries.rows(
        z.object({ times: z.int() }),
        `INSERT INTO redeliveries (id, times, asked_at) VALUES ($1, 1, $2)
         ON CONFLICT (id) DO UPDATE SET times = redeliveries.times + 1, asked_at = $2 RETURNING times`,
        [id, at],
      );
      return row?.times ?? 1;
    },

    async comparedUpTo() {
      const [row] = await queries.rows(
        z.object({ upTo: z.date() }),
        'SELECT max(up_to) AS "upTo" FROM deliveries_compared HAVING max(up_to) IS NOT NULL',
      );
      return row?.upTo ?? null;
    },

    async setComparedUpTo(at) {
      await queries.run(
        "WITH former AS (DELETE FROM deliveries_compared) INSERT INTO deliveries_compared VALUES ($1)",
        [at],
      );
    },
  };
}
