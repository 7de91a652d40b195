import type { Logger } from "pino";
import type { Notice } from "../domain/index.ts";
import { EVENTS } from "../events/index.ts";
import type { Delivery } from "../jobs/index.ts";
import type { Receiver } from "./webhook-door.ts";

/**
 * Takes verified deliveries from the door: one that the app acts on is stored with its jobs on disk, and only then answered.
 * A failure here is answered with an error, and GitHub shows the delivery as failed. Probot's own dispatcher would make an
 * Octokit for each delivery, also for those that nothing is done about, which are three of the four that a push brings.
 */
export function receiveEvents(store: { add(delivery: Delivery): Promise<void> }, log: Logger): Receiver {
  const byName = new Map(EVENTS.flatMap((event) => event.names.map((name) => [name, event] as const)));

  async function take(id: string, name: string, payload: object): Promise<void> {
    const event = byName.get(name);
    if (event === undefined) return;
    const notices = event.notices(payload, new Date());
    // Also one that brings nothing: what GitHub delivered and is not on record is asked for again.
    await store.add({ id, notices });
    log.info({ delivery: id, event: name, ...repositoryOf(notices) }, "delivery stored");
  }

  return {
    async receive({ id, name, payload }) {
      const full = nameOf(name, payload);
      try {
        await take(id, full, payload);
      } catch (error) {
        log.error({ err: error, delivery: id, event: full }, "could not store a delivery");
        throw error;
      }
    },
  };
}

/** The repository of a delivery, by id and name; an installation may bring many. */
function repositoryOf(notices: readonly Notice[]): object {
  const [notice] = notices;
  if (notice === undefined || !("repository" in notice)) return {};
  const { id, owner, name } = notice.repository;
  return { repository: id, fullName: `${owner}/${name}` };
}

function nameOf(name: string, payload: object): string {
  return "action" in payload && typeof payload.action === "string" ? `${name}.${payload.action}` : name;
}
