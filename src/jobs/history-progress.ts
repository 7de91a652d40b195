/** How far the reading of histories is, for the log, the metrics and the owner's summary. */
import type { HistoryTotals, RecordStore } from "../store/index.ts";
import type { JobContext } from "./context.ts";

/** The rate is that of the last hour. */
const RECENT_MS = 60 * 60_000;
/** At most one line of the log in this time, besides the last. */
const LOG_MS = 10_000;

export interface HistoryProgressReport extends HistoryTotals {
  /** Of the last hour; null: nothing was read in it. */
  readonly bytesPerSecond: number | null;
  /** Until every history was read once, at that rate; null: not known. */
  readonly secondsLeft: number | null;
}

/**
 * How far the readings are.
 *
 * @param installationId of one owner; null: of all
 */
export async function historyProgress(
  record: Pick<RecordStore, "histories">,
  installationId: number | null,
  now: Date,
): Promise<HistoryProgressReport> {
  const totals = await record.histories.totals(installationId, new Date(now.getTime() - RECENT_MS));
  const { recentSince, recentBytes, recentRepositories, repositories, read, tooLarge } = totals;
  const seconds = recentSince === null ? 0 : (now.getTime() - recentSince.getTime()) / 1000;
  const left = Math.max(0, repositories - read - tooLarge);
  // Small repositories take their time however few bytes they have, so whichever goes slower counts.
  const byCount = seconds > 0 && recentRepositories > 0 ? (left * seconds) / recentRepositories : null;
  const bytesLeft = Math.max(0, totals.bytes - totals.bytesRead);
  const byBytes = seconds > 0 && recentBytes > 0 ? (bytesLeft * seconds) / recentBytes : null;
  const secondsLeft = left === 0 ? 0 : byCount === null ? null : Math.max(byCount, byBytes ?? 0);
  return {
    ...totals,
    bytesPerSecond: seconds > 0 && recentRepositories > 0 ? recentBytes / seconds : null,
    secondsLeft: secondsLeft === null ? null : Math.round(secondsLeft),
  };
}

const loggedAt = new WeakMap<JobContext, number>();

/** One line for people who wait, at most every ten seconds, and when everything of an installation is read. */
export async function logHistoryProgress(context: JobContext, installationId: number): Promise<void> {
  const now = context.now();
  const progress = await historyProgress(context.record, installationId, now);
  const { read, repositories, tooLarge, failed, bytes, bytesRead, bytesPerSecond, secondsLeft } = progress;
  const isEnd = read + tooLarge >= repositories;
  if (!isEnd && now.getTime() < (loggedAt.get(context) ?? 0) + LOG_MS) return;
  loggedAt.set(context, now.getTime());
  const rate = bytesPerSecond === null ? null : Math.round(bytesPerSecond);
  context.log.info(
    {
      installation: installationId,
      repositories,
      read,
      tooLarge,
      failed,
      bytes,
      bytesRead,
      bytesPerSecond: rate,
      secondsLeft,
    },
    "histories read",
  );
}
