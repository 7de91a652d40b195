import type { Probot } from "probot";
import { EVENTS } from "../events/index.ts";
import type { Job } from "../jobs/index.ts";

/** What a webhook asks for. */
export interface Delivery {
  /** GitHub's id, the same when it is delivered again. */
  readonly id: string;
  readonly jobs: readonly Job[];
}

/**
 * Connects Probot with the store of deliveries: a delivery whose signature was verified becomes jobs on disk, and only
 * then is it answered. What fails here is answered with an error, and GitHub shows the delivery as failed.
 */
export function registerEvents(probot: Probot, store: { add(delivery: Delivery): Promise<void> }): void {
  const byName = new Map(EVENTS.flatMap((event) => event.names.map((name) => [name, event] as const)));
  probot.onAny(async ({ id, name, payload }) => {
    const jobs = byName.get(nameOf(name, payload))?.jobs(payload) ?? [];
    if (jobs.length > 0) await store.add({ id, jobs });
  });
}

function nameOf(name: string, payload: object): string {
  return "action" in payload && typeof payload.action === "string" ? `${name}.${payload.action}` : name;
}
