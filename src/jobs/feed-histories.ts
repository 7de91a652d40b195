/** Gives repositories whose history is due their turn: a few jobs of each installation, the smallest repository first. */
import { DETECTOR_VERSION } from "../detect/index.ts";
import type { RecordStore } from "../store/index.ts";
import { readHistoryJob } from "./job.ts";

/** Jobs of one installation that wait at once. The next is stored when one ends, so the order follows the record. */
const AHEAD = 2;

/**
 * Stores the next jobs. Calling it again changes nothing: a job is named by the repository and the reading.
 *
 * @param installationId null: of every installation
 */
export async function feedHistories(
  record: RecordStore,
  now: Date,
  installationId: number | null,
): Promise<void> {
  const due = await record.histories.due(now, AHEAD, installationId);
  if (due.length === 0) return;
  await record.transaction((transaction) =>
    transaction.enqueue(due.map(({ round, ...target }) => readHistoryJob(target, round))),
  );
}

/** Deletes what was fetched of repositories that the app no longer covers. */
export async function dropRemovedHistories(
  record: RecordStore,
  fetched: { ids(): Promise<readonly number[]>; remove(id: number): Promise<void> },
): Promise<void> {
  for (const id of await fetched.ids()) {
    const known = await record.repositories.find(id);
    if (known === null || known.state === "removed") await fetched.remove(id);
  }
}

/** The same for every installation, and for what another version of the detector read. */
export async function sweepHistories(record: RecordStore, now: Date): Promise<void> {
  await record.histories.askOutdated(DETECTOR_VERSION, now);
  await feedHistories(record, now, null);
}
