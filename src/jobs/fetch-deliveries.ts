import { EVENTS } from "../events/index.ts";
import { listDeliveries, redeliver } from "../github/index.ts";
import type { GitHubClient, WebhookDelivery } from "../github/index.ts";
import type { JobContext } from "./context.ts";
import { enqueueNext } from "./sweep.ts";

/** GitHub keeps deliveries for three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks */
const KEPT_MS = 3 * 24 * 60 * 60_000;
/** A delivery that fails this often is itself the cause. */
const MAX_REDELIVERIES = 3;
/** A recent delivery may still be answered. */
const SETTLE_MS = 60_000;
/** Pages of 100 of deliveries that failed. */
const MAX_FAILED_PAGES = 100;
/**
 * Pages of deliveries that GitHub counts as made, which is all of them: 20,000 in ten minutes, at a quarter of the hourly
 * limit. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
const MAX_MADE_PAGES = 200;
/** Deliveries asked for in one run; the next one goes on. */
const MAX_ASKED = 200;

const ACTED_ON = new Set(EVENTS.flatMap(({ names }) => names));

/**
 * Asks GitHub to redeliver what it could not deliver, for example during an outage, and what it counts as delivered and is
 * not on record: a proxy may have answered for the app. Deliveries that were accepted since are left alone, and none is
 * requested more than three times.
 *
 * @returns how many were requested
 */
export async function fetchDeliveries(context: JobContext): Promise<number> {
  const now = context.now();
  const asApp = await context.github.asApp();
  const failed = await fetchFailed(context, asApp, now);
  const asked = failed + (await fetchUnstored(context, asApp, now));
  await enqueueNext(context, "fetch_deliveries", now);
  return asked;
}

async function fetchFailed(context: JobContext, asApp: GitHubClient, now: Date): Promise<number> {
  const since = new Date(now.getTime() - KEPT_MS);
  const listed = await listDeliveries(asApp, { status: "failure", since, maxPages: MAX_FAILED_PAGES });
  return (await askAgain(context, asApp, onceEach(listed.deliveries, now), now)).asked;
}

async function fetchUnstored(context: JobContext, asApp: GitHubClient, now: Date): Promise<number> {
  const { deliveries } = context.record;
  const oldest = new Date(now.getTime() - KEPT_MS);
  const upTo = (await deliveries.comparedUpTo()) ?? oldest;
  // A time in the future was noted while this machine's clock was wrong.
  const since = upTo > oldest && upTo <= now ? upTo : oldest;
  const listed = await listDeliveries(asApp, { status: "success", since, maxPages: MAX_MADE_PAGES });
  if (!listed.isWhole)
    context.log.warn({ since }, "GitHub made more deliveries than could be compared with the record");
  const made = onceEach(listed.deliveries, now).filter(({ event, action }) =>
    ACTED_ON.has(action === null ? event : `${event}.${action}`),
  );
  const { asked, last } = await askAgain(context, asApp, made, now);
  await deliveries.setComparedUpTo(last ?? new Date(now.getTime() - SETTLE_MS));
  if (asked > 0) context.log.warn({ asked }, "GitHub counts deliveries as made that are not on record");
  return asked;
}

/** @returns how many were asked for, and when the last was made, if there are more than one run may ask for */
async function askAgain(
  { record }: JobContext,
  asApp: GitHubClient,
  deliveries: readonly WebhookDelivery[],
  now: Date,
): Promise<{ readonly asked: number; readonly last: Date | null }> {
  const accepted = await record.deliveries.accepted(deliveries.map(({ guid }) => guid));
  let asked = 0;
  for (const { id, guid, deliveredAt } of deliveries) {
    if (accepted.has(guid)) continue;
    if (asked >= MAX_ASKED) return { asked, last: deliveredAt };
    if ((await record.deliveries.countRedelivery(guid, now)) > MAX_REDELIVERIES) continue;
    await redeliver(asApp, id);
    asked += 1;
  }
  return { asked, last: null };
}

/** The oldest first, each once: an event that failed twice is two deliveries with one GUID. */
function onceEach(newestFirst: readonly WebhookDelivery[], now: Date): readonly WebhookDelivery[] {
  const before = new Date(now.getTime() - SETTLE_MS);
  const byGuid = new Map<string, WebhookDelivery>();
  for (const delivery of newestFirst) if (!byGuid.has(delivery.guid)) byGuid.set(delivery.guid, delivery);
  return [...byGuid.values()].filter(({ deliveredAt }) => deliveredAt <= before).toReversed();
}
