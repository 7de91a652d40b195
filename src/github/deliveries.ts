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
  readonly action: string | null;
  readonly redelivery: boolean;
  /** Null where the delivery is about no installation. */
  readonly installationId: number | null;
}

const deliverySchema = z.object({
  id: z.int(),
  guid: z.string(),
  delivered_at: z.iso.datetime({ offset: true }),
  event: z.string(),
  action: z.string().nullish(),
  redelivery: z.boolean().nullish(),
  installation_id: z.int().nullish(),
});

/** Deliveries on one page. */
const MAX_PAGE = 100;

export interface ListedDeliveries {
  /** The newest first. */
  readonly deliveries: readonly WebhookDelivery[];
  /** False: there are more pages than were read. */
  readonly isWhole: boolean;
}

/**
 * The deliveries of the app that failed, or those that were answered with 2xx or 3xx. GitHub keeps them for 3 days, GitHub
 * Enterprise Server for 7: https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook
 *
 * @param asApp the client that authenticates as the app
 * @param which `since`: older deliveries are left out; `maxPages`: of 100 each
 * @throws GitHubError
 */
export async function listDeliveries(
  asApp: GitHubClient,
  which: { readonly status: "success" | "failure"; readonly since: Date; readonly maxPages: number },
): Promise<ListedDeliveries> {
  const doing = "list the deliveries";
  return await ask(doing, async () => {
    const found: WebhookDelivery[] = [];
    const { status, since, maxPages } = which;
    const pages = asApp.paginate.iterator(asApp.rest.apps.listWebhookDeliveries, {
      status,
      per_page: MAX_PAGE,
    });
    let count = 0;
    for await (const page of pages) {
      // One more page is asked for than is read, which tells whether there is more.
      if (count >= maxPages) return { deliveries: found, isWhole: false };
      const deliveries = check(doing, z.array(deliverySchema), page.data);
      const recent = deliveries.filter((each) => Date.parse(each.delivered_at) >= since.getTime());
      found.push(...recent.map((each) => deliveryOf(each)));
      count += 1;
      if (recent.length < deliveries.length) break;
    }
    return { deliveries: found, isWhole: true };
  });
}

function deliveryOf(each: z.infer<typeof deliverySchema>): WebhookDelivery {
  return {
    id: each.id,
    guid: each.guid,
    deliveredAt: new Date(each.delivered_at),
    event: each.event,
    action: each.action ?? null,
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
