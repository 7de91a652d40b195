import { aContext } from "./job-context.ts";
import type { FakeContext } from "./job-context.ts";

interface Dying {
  isDead: boolean;
}

/** A process that, once dead, stores no more jobs: the transaction that would is rolled back. */
export function interruptible(): readonly [FakeContext, Dying] {
  const dying: Dying = { isDead: false };
  const context = aContext({
    record: (record) => ({
      ...record,
      transaction: (work) =>
        record.transaction((within) =>
          work({
            ...within,
            async enqueue(jobs) {
              if (dying.isDead) throw new Error("killed");
              await within.enqueue(jobs);
            },
          }),
        ),
    }),
  });
  return [context, dying];
}
