import { listFailedDeliveries, redeliver } from "../github/index.ts";
import type { WebhookDelivery } from "../github/index.ts";
import type { JobContext } from "./context.ts";
import { enqueueNext } from "./sweep.ts";

/** GitHub keeps deliveries for three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks */
const KEPT_MS = 3 * 24 * 60 * 60_000;
/** A delivery that fails this often is itself the cause. */
const MAX_REDELIVERIES = 3;
/** A recent delivery may still be answered. */
const SETTLE_MS = 60_000;

/**
 * Asks GitHub to redeliver what it could not deliver, for example during an outage. Deliveries that were accepted since
 * are left alone, and none is requested more than three times.
 *
 * @returns how many were requested
 */
export async function fetchDeliveries(context: JobContext): Promise<number> {
  const { record } = context;
  const now = context.now();
  const asApp = await context.github.asApp();
  let asked = 0;
  const failed = await listFailedDeliveries(asApp, new Date(now.getTime() - KEPT_MS));
  for (const { id, guid } of onceEach(failed, new Date(now.getTime() - SETTLE_MS))) {
    if (await record.deliveries.isAccepted(guid)) continue;
    if ((await record.deliveries.countRedelivery(guid, now)) > MAX_REDELIVERIES) continue;
    await redeliver(asApp, id);
    asked += 1;
  }
  await enqueueNext(record, "fetch_deliveries", now);
  return asked;
}

/** The oldest first, each once: an event that failed twice is two deliveries with one GUID. */
function onceEach(failed: readonly WebhookDelivery[], before: Date): readonly WebhookDelivery[] {
  const byGuid = new Map<string, WebhookDelivery>();
  for (const delivery of failed) if (!byGuid.has(delivery.guid)) byGuid.set(delivery.guid, delivery);
  return [...byGuid.values()].filter(({ deliveredAt }) => deliveredAt <= before).toReversed();
}
