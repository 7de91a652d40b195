import type { Probot } from "probot";
import { EVENTS } from "../events/index.ts";
import type { Queue } from "../jobs/index.ts";

/** GitHub gives up on an answer after 10 seconds, Octokit answers 202 by itself after 9: before both, say that it failed. */
const STORE_MS = 8000;

/**
 * Connects Probot with the queue: a delivery whose signature was verified becomes jobs on disk, and only then is it
 * answered. What fails here is answered with an error, which GitHub keeps for a redelivery.
 */
export function registerEvents(probot: Probot, queue: Pick<Queue, "add">): void {
  const byName = new Map(EVENTS.flatMap((event) => event.names.map((name) => [name, event] as const)));
  probot.onAny(async (delivery) => {
    const event = byName.get(nameOf(delivery));
    if (event !== undefined) await within(STORE_MS, queue.add(delivery.id, event.jobs(delivery.payload)));
  });
}

function nameOf(delivery: { readonly name: string; readonly payload: object }): string {
  const { name, payload } = delivery;
  return "action" in payload && typeof payload.action === "string" ? `${name}.${payload.action}` : name;
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const timer = Promise.withResolvers<never>();
  const handle = setTimeout(
    () => timer.reject(new Error(`The delivery was not stored within ${ms} ms.`)),
    ms,
  );
  try {
    await Promise.race([work, timer.promise]);
  } finally {
    clearTimeout(handle);
  }
}
