/**
 * How long the record keeps what, and the deleting of it in small steps. It refuses to delete anything that a verdict
 * may still need: what was found or could not be read stays as long as its repository.
 */
import type { RecordStore } from "../store/index.ts";

const DAY_MS = 24 * 60 * 60_000;

/** How long the record keeps what, in milliseconds. */
export const KEEP_MS = {
  /** GitHub makes a delivery again for three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
  deliveries: 4 * DAY_MS,
  /** Clean heads that nothing points at, and refs and pull requests that ended. */
  ended: 90 * DAY_MS,
  /** A commit that is needed later is read again. */
  commitScans: 90 * DAY_MS,
  /** Everything of a repository, from when the app stopped covering it: it may be installed again. */
  removed: 30 * DAY_MS,
} as const;

/** Rows that one statement deletes. */
const MAX_STEP = 1000;

/** Statements of each sort in one sweep, which is then done with them for some minutes. */
const MAX_STEPS = 20;

/**
 * Deletes what has been kept long enough.
 *
 * @returns how many rows went; heads count once
 */
export async function expireRecord(record: RecordStore, now: Date): Promise<number> {
  const { retention } = record;
  const before = (kept: number): Date => new Date(now.getTime() - kept);
  await retention.noteRemoved(now);
  const [deliveries, ended, scans] = [KEEP_MS.deliveries, KEEP_MS.ended, KEEP_MS.commitScans].map(before);
  if (deliveries === undefined || ended === undefined || scans === undefined) return 0;
  return (
    (await inSteps(() => retention.removeDeliveries(deliveries, MAX_STEP))) +
    (await inSteps(() => retention.removeRedeliveries(deliveries, MAX_STEP))) +
    (await inSteps(() => retention.removeCommitScans(scans, MAX_STEP))) +
    (await inSteps(() => retention.removeSubjects(ended, MAX_STEP))) +
    (await expireHeads(record, ended, now)) +
    (await expireRepositories(record, before(KEEP_MS.removed)))
  );
}

/** Repeats a step until it finds nothing left, or has had its share of this sweep. */
async function inSteps(step: () => Promise<number>): Promise<number> {
  let [removed, steps] = [0, 0];
  for (let count = await step(); count > 0; count = await step()) {
    removed += count;
    steps += 1;
    if (count < MAX_STEP || steps === MAX_STEPS) break;
  }
  return removed;
}

/** Each head is looked at once in 90 days. Its repository is held, so nothing is noted there meanwhile. */
async function expireHeads(record: RecordStore, before: Date, now: Date): Promise<number> {
  const due = await record.retention.headsToExamine(before, MAX_STEP);
  let removed = 0;
  for (const [id, checks] of Map.groupBy(due, ({ repositoryId }) => repositoryId)) {
    removed += await record.transaction(async (transaction) => {
      await transaction.lock([id]);
      return transaction.retention.examineHeads(
        id,
        checks.map(({ head }) => head),
        before,
        now,
      );
    });
  }
  return removed;
}

async function expireRepositories(record: RecordStore, before: Date): Promise<number> {
  let removed = 0;
  for (const id of await record.retention.removedRepositories(before, MAX_STEPS)) {
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const step = await record.transaction(async (transaction) => {
        await transaction.lock([id]);
        return transaction.retention.removeOfRepository(id, before, MAX_STEP);
      });
      removed += step;
      if (step === 0) break;
    }
  }
  return removed;
}
