import type { Probot } from "probot";
import { EVENTS } from "../events/index.ts";
import type { Delivery } from "../jobs/index.ts";

/**
 * Connects Probot with the store of deliveries: a verified delivery is stored with its jobs on disk, and only then answered.
 * A failure here is answered with an error, and GitHub shows the delivery as failed.
 */
export function registerEvents(probot: Probot, store: { add(delivery: Delivery): Promise<void> }): void {
  const byName = new Map(EVENTS.flatMap((event) => event.names.map((name) => [name, event] as const)));
  probot.onAny(async ({ id, name, payload }) => {
    const event = byName.get(nameOf(name, payload));
    // Also one that brings nothing: what GitHub delivered and is not on record is asked for again.
    if (event !== undefined) await store.add({ id, notices: event.notices(payload, new Date()) });
  });
}

function nameOf(name: string, payload: object): string {
  return "action" in payload && typeof payload.action === "string" ? `${name}.${payload.action}` : name;
}
