import * as fc from "fast-check";
import { expect, inject, test } from "vitest";
import { useDatabase } from "../support/job-context.ts";
import { histories, History } from "../support/orders/history.ts";
import { emptyTables, overPostgres } from "../support/orders/records.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How many histories run over PostgreSQL. */
    sqlHistories: number;
  }
}

const database = useDatabase();

/** A bound for a machine that is busy with other work; the histories themselves know no clock. */
const MAX_MS = 48 * 3_600_000;

test.each([1, 3])(
  "on %i processes over PostgreSQL: the same histories, and the same promises",
  async (processes) => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        await emptyTables(database());
        expect(await new History(processes, overPostgres(database())).run(steps)).toEqual([]);
      }),
      { numRuns: Math.max(1, inject("sqlHistories") / 2) },
    );
  },
  MAX_MS,
);
