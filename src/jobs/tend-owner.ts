/** What one owner gets in the private place that the owner's file names: the summary and the drills. */
import type { RecordStore } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { tendDrills } from "./drill.ts";
import { ownersPlaceOf } from "./issue-place.ts";
import { newJob } from "./job.ts";
import type { TendOwnerJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { writeSummary } from "./owner-summary.ts";

/** The summary is written at most this often. */
const EVERY_MS = 10 * 60_000;

/** Brings the summary and the drills of the owner of this repository up to date. Without a private place there are none. */
export async function tendOwner(context: JobContext, job: Omit<TendOwnerJob, "kind">): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const { repository: place } = await ownersPlaceOf(context, repository);
  if (place === null) return;
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  await tendDrills(context, place, configuration.drill);
  await writeSummary(context, place);
}

/**
 * Stores one job for each owner, at most every ten minutes.
 *
 * @returns how many owners there are
 */
export async function sweepOwners(record: RecordStore, now: Date): Promise<number> {
  const owners = await record.owners.active();
  const slot = Math.floor(now.getTime() / EVERY_MS);
  await record.transaction((transaction) =>
    transaction.enqueue(
      owners.map(({ installationId, repositoryId }) =>
        newJob({ kind: "tend_owner", installationId, repositoryId }, `${installationId} ${slot}`, "report"),
      ),
    ),
  );
  return owners.length;
}
