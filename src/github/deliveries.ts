import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";

/** A delivery that GitHub tried to make. */
export interface WebhookDelivery {
  readonly id: number;
  /** Shared by a delivery and its redeliveries: the `X-GitHub-Delivery` header. */
  readonly guid: string;
  readonly deliveredAt: Date;
  readonly event: string;
  readonly redelivery: boolean;
  /** Null where the delivery is about no installation. */
  readonly installationId: number | null;
}

const deliverySchema = z.object({
  id: z.int(),
  guid: z.string(),
  delivered_at: z.iso.datetime({ offset: true }),
  event: z.string(),
  redelivery: z.boolean().nullish(),
  installation_id: z.int().nullish(),
});

/** Deliveries on one page. */
const MAX_PAGE = 100;
/** Pages that one call reads: 10,000 deliveries. */
const MAX_PAGES = 100;

/**
 * The deliveries of the app that failed, newest first, over all pages. GitHub keeps them for 3 days, GitHub Enterprise
 * Server for 7: https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook
 *
 * @param asApp the client that authenticates as the app
 * @param since older deliveries are left out
 * @throws GitHubError
 */
export async function listFailedDeliveries(asApp: GitHubClient, since: Date): Promise<WebhookDelivery[]> {
  const doing = "list the failed deliveries";
  return await ask(doing, async () => {
    const found: WebhookDelivery[] = [];
    const pages = asApp.paginate.iterator(asApp.rest.apps.listWebhookDeliveries, {
      status: "failure",
      per_page: MAX_PAGE,
    });
    let count = 0;
    for await (const page of pages) {
      const deliveries = check(doing, z.array(deliverySchema), page.data);
      const recent = deliveries.filter((each) => Date.parse(each.delivered_at) >= since.getTime());
      found.push(...recent.map((each) => deliveryOf(each)));
      count += 1;
      if (recent.length < deliveries.length || count >= MAX_PAGES) break;
    }
    return found;
  });
}

function deliveryOf(each: z.infer<typeof deliverySchema>): WebhookDelivery {
  return {
    id: each.id,
    guid: each.guid,
    deliveredAt: new Date(each.delivered_at),
    event: each.event,
    redelivery: each.redelivery ?? false,
    installationId: each.installation_id ?? null,
  };
}

/**
 * Asks GitHub to make a delivery again. The new one has the same guid, so storing it twice changes nothing.
 *
 * @throws GitHubError
 */
export async function redeliver(asApp: GitHubClient, deliveryId: number): Promise<void> {
  await ask("make a delivery again", () =>
    asApp.rest.apps.redeliverWebhookDelivery({ delivery_id: deliveryId }),
  );
}
