import type { JobContext, MadeDelivery } from "./context.ts";
import { enqueueNext } from "./sweep.ts";

/** GitHub keeps deliveries for three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks */
const KEPT_MS = 3 * 24 * 60 * 60_000;
/** A delivery that fails this often again fails for its own sake. */
const MAX_REDELIVERIES = 3;
/** One that has just been made may still be answered. */
const SETTLE_MS = 60_000;

/**
 * Asks GitHub to make deliveries again that it could not make, such as those of a downtime. One that was accepted since
 * is left alone, and none is asked for more than three times.
 *
 * @returns how many were asked for
 */
export async function fetchDeliveries(context: JobContext): Promise<number> {
  const { record, deliveries } = context;
  const now = context.now();
  let asked = 0;
  for (const delivery of await failedDeliveries(context, now)) {
    if (await record.deliveries.isAccepted(delivery.guid)) continue;
    if ((await record.deliveries.countRedelivery(delivery.guid, now)) > MAX_REDELIVERIES) continue;
    await deliveries.redeliver(delivery.id);
    asked += 1;
  }
  await enqueueNext(record, "fetch_deliveries", now);
  return asked;
}

/** The oldest first, each once: an event that failed twice is two deliveries with one GUID. */
async function failedDeliveries(context: JobContext, now: Date): Promise<readonly MadeDelivery[]> {
  const byGuid = new Map<string, MadeDelivery>();
  for await (const delivery of context.deliveries.failedSince(new Date(now.getTime() - KEPT_MS))) {
    const settled = now.getTime() - delivery.deliveredAt.getTime() >= SETTLE_MS;
    if (settled && !byGuid.has(delivery.guid)) byGuid.set(delivery.guid, delivery);
  }
  return [...byGuid.values()].toReversed();
}
