import type { Probot } from "probot";
import type { Notice } from "../domain/index.ts";
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
    if (event === undefined) return;
    const notices = event.notices(payload, new Date());
    // Also one that brings nothing: what GitHub delivered and is not on record is asked for again.
    await store.add({ id, notices });
    probot.log.info(
      { delivery: id, event: nameOf(name, payload), ...repositoryOf(notices) },
      "delivery stored",
    );
  });
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
