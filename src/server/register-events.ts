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
    const notices = byName.get(nameOf(name, payload))?.notices(payload, new Date()) ?? [];
    if (notices.length > 0) await store.add({ id, notices });
  });
}

function nameOf(name: string, payload: object): string {
  return "action" in payload && typeof payload.action === "string" ? `${name}.${payload.action}` : name;
}
