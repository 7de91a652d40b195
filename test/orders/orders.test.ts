import * as fc from "fast-check";
import { expect, inject, test } from "vitest";
import { histories, History } from "../support/orders/history.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How many histories the model-based test runs in all. */
    histories: number;
  }
}

/** A bound for a machine that is busy with other work; the histories themselves know no clock. */
const MAX_MS = 48 * 3_600_000;

test.each([1, 3])(
  "on %i processes, in any order: no green over anything unread or leaked, and one issue per key",
  async (processes) => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        expect(await new History(processes).run(steps)).toEqual([]);
      }),
      { numRuns: inject("histories") / 2 },
    );
  },
  MAX_MS,
);
