import * as fc from "fast-check";
import { expect, test } from "vitest";
import { histories, History } from "../support/orders/history.ts";

const RUNS = 300;

test.each([1, 3])(
  "on %i processes, in any order: no green over what is unread or leaked, and one issue a key",
  async (workers) => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        expect(await new History(workers).run(steps)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  },
);
