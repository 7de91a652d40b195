/** Histories that were read, in a record, for tests of what is done with their findings. */
import { HISTORY_CHECK_NAME } from "../../src/domain/index.ts";
import type { CurrentRepository, PastFinding } from "../../src/domain/index.ts";
import { DETECTOR_VERSION } from "../../src/detect/index.ts";
import { reportHistoryJob } from "../../src/jobs/job.ts";
import type { HistoryReading } from "../../src/store/index.ts";
import type { FakeRun } from "./fake-github.ts";
import type { FakeContext } from "./job-context.ts";

const HOUR_MS = 60 * 60_000;

export function targetOf({ id, installationId }: CurrentRepository) {
  return { repositoryId: id, installationId };
}

/** The history of the repository is read and holds this; the job that reports it is stored. */
export async function historyRead(
  context: FakeContext,
  repository: CurrentRepository,
  findings: readonly PastFinding[],
  more: Partial<HistoryReading> = {},
): Promise<void> {
  const { record } = context;
  const at = context.clock;
  await record.repositories.note(repository);
  await record.histories.ask([repository.id], at);
  await record.histories.begin(repository.id, at, new Date(at.getTime() + HOUR_MS));
  const atTip = findings.filter(({ origin }) => origin.isAtTip === true);
  await record.histories.finish(repository.id, {
    findings,
    gaps: [],
    detectorVersion: DETECTOR_VERSION,
    tips: { refs: [], pulls: [] },
    holders: [],
    isWhole: true,
    atTip: atTip.map(({ finding }) => finding.fingerprint),
    bytes: 1000,
    objects: 10,
    at,
    dueAt: new Date(at.getTime() + 7 * 24 * HOUR_MS),
    ...more,
  });
  await report(context, repository);
}

/** Stores the job that reports the history once more. */
export async function report(context: FakeContext, repository: CurrentRepository): Promise<void> {
  const job = reportHistoryJob(targetOf(repository), `test ${context.clock.toISOString()}`);
  await context.record.transaction((record) => record.enqueue([{ ...job, again: true }]));
}

/** Does every job, and lets time pass to the next, for as long as there is one within the time. */
export async function passTime(context: FakeContext, ms: number): Promise<void> {
  const end = context.clock.getTime() + ms;
  for (;;) {
    await context.settle();
    const due = context.queue.all().flatMap(({ state, runAt }) => (state === "waiting" ? [runAt] : []));
    const next = Math.min(...due);
    if (next > end) break;
    context.clock = new Date(Math.max(next, context.clock.getTime()));
  }
  context.clock = new Date(end);
}

/** Runs of the check on the history, the oldest first. */
export function historyRuns(context: FakeContext): readonly FakeRun[] {
  return context.github.runs.filter(({ name }) => name === HISTORY_CHECK_NAME);
}
