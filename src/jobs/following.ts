import type { JobContext } from "./context.ts";
import { askedBy, wordsOfPayload } from "./job.ts";

/**
 * The context of one job: each line that it logs names the job's repository and the delivery that asked for it, and so do
 * the lines of the jobs that it stores.
 */
export function contextOfJob(context: JobContext, payload: unknown): JobContext {
  const { delivery, ...words } = wordsOfPayload(payload);
  const log = context.log.child({ ...words, ...(delivery === undefined ? {} : { delivery }) });
  if (delivery === undefined) return { ...context, log };
  const { record } = context;
  return {
    ...context,
    log,
    record: {
      ...record,
      transaction: (work) =>
        record.transaction((transaction) =>
          work({ ...transaction, enqueue: (jobs) => transaction.enqueue(askedBy(delivery, jobs)) }),
        ),
    },
  };
}
