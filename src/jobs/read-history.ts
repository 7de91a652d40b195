/**
 * Reads the whole history of one repository: fetches everything that its refs lead to, has it searched in another process,
 * and puts what was found on record, with a job that reports it. The record is the cursor: which repositories are due, and
 * which are read. A reading that was killed begins again with what is fetched; one that failed waits, so that the next
 * repository has its turn.
 */
import { DETECTOR_VERSION, redactText } from "../detect/index.ts";
import type { CurrentRepository, Gap } from "../domain/index.ts";
import { canBeAccepted, gapOf } from "../domain/index.ts";
import { GitHubError } from "../github/index.ts";
import { HistoryProcessError } from "../scan/index.ts";
import type { HistoryRead } from "../scan/index.ts";
import { GitError } from "../source/index.ts";
import type { RefTip } from "../source/index.ts";
import { MAX_PAST_FINDINGS } from "../store/index.ts";
import type { HistoryRecord, HistoryTips } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { feedHistories } from "./feed-histories.ts";
import { HISTORY_OFF, isHistoryWanted, MAX_SILENT_FAILURES } from "./history-setting.ts";
import { logHistoryProgress } from "./history-progress.ts";
import { trustPastFindings } from "./history-trust.ts";
import { reportHistoryJob } from "./job.ts";
import type { ReadHistoryJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { publishAll } from "./publish-all.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How often a history is read for what is new in it. */
const EVERY_MS = 7 * DAY_MS;
/** A gap that reading again may close. */
const AGAIN_MS = DAY_MS;
/** Pauses after failures grow from the first to the last by doubling. */
const FIRST_PAUSE_MS = MINUTE_MS;
const MAX_PAUSE_MS = DAY_MS;
/** Without a limit, a hostile repository could be read for days while the others wait. */
const MAX_READING_MS = 6 * 60 * MINUTE_MS;
/** Gaps of one history that are kept. */
const MAX_GAPS = 1000;
/** A reading that is not heard of for so long has lost its job. */
const LOST_MS = DAY_MS;
/** How often progress is noted, and the record asked whether the repository is still there. */
const LOOK_MS = 5000;

/** Reads the history of a repository whose turn it is, and gives the next one its turn. */
export async function readHistory(
  context: JobContext,
  job: ReadHistoryJob,
  signal: AbortSignal,
): Promise<void> {
  const { record } = context;
  const repository = await loadForReading(context, job.repositoryId);
  const now = context.now();
  if (
    repository !== null &&
    (await record.histories.begin(repository.id, now, new Date(now.getTime() + LOST_MS)))
  )
    await readOrNote(context, repository, signal);

  await feedHistories(record, context.now(), job.installationId);
}

/** Asks GitHub for name and size. Where that fails, for whatever reason, the history waits and holds up no other. */
async function loadForReading(context: JobContext, id: number): Promise<CurrentRepository | null> {
  try {
    const repository = await loadRepository(context, id, { ask: true });
    if (repository === null || (await isHistoryWanted(context, repository))) return repository;
    const dueAt = new Date(context.now().getTime() + EVERY_MS);
    await context.record.histories.fail(id, { state: "failed", problem: HISTORY_OFF, dueAt });
    return null;
  } catch (error) {
    await noteFailure(context, id, error);
    return null;
  }
}

async function readOrNote(
  context: JobContext,
  repository: CurrentRepository,
  signal: AbortSignal,
): Promise<void> {
  const { record, log } = context;
  const removed = new AbortController();
  const done = { bytes: 0, objects: 0, objectsTotal: null };
  const look = async (): Promise<void> => {
    await record.histories.noteProgress(repository.id, done);
    const known = await record.repositories.find(repository.id);
    if (known?.state !== "active") removed.abort();
  };
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  const tooLong = AbortSignal.timeout(MAX_READING_MS);
  try {
    await readOnce(context, repository, AbortSignal.any([signal, removed.signal, tooLong]), done);
    await logHistoryProgress(context, repository.installationId);
  } catch (error) {
    // The process stops, or lost the job: whoever has it next begins again.
    if (signal.aborted) throw error;
    if (removed.signal.aborted) {
      log.info({ repository: repository.id }, "the repository was removed while its history was read");
      return;
    }
    await noteFailure(context, repository.id, tooLong.aborted ? new TooLongError(error) : error);
  } finally {
    clearInterval(looking);
  }
}

/** Another try would take as long. */
class TooLongError extends Error {
  override readonly name = "TooLongError";

  constructor(cause: unknown) {
    super("Reading it takes more than six hours.", { cause });
  }
}

async function readOnce(
  context: JobContext,
  repository: CurrentRepository,
  signal: AbortSignal,
  done: { bytes: number; objects: number; objectsTotal: number | null },
): Promise<void> {
  const { histories } = context.record;
  const known = await histories.find(repository.id);
  if (known === null) return;
  const began = context.now();
  const mirror = context.openHistory(repository);
  await context.pushes.quiet(signal);
  const refs = await mirror.listRefs(signal);
  const tips = tipsOf(refs);
  const listed = refs.map(({ ref }) => redactText(ref));
  // What an incomplete reading left out is only found by reading everything again.
  const before =
    known.gaps.some(mayClose) || known.readAt === null
      ? null
      : await histories.tips(repository.id, DETECTOR_VERSION);
  if (before !== null && isSame(before, tips)) {
    await keep(context, repository, known, { read: NOTHING, tips, listed, isWhole: false, began });
    return;
  }
  const holders = before === null ? [] : await histories.holders(repository.id, DETECTOR_VERSION);
  const of = { defaultBranch: repository.defaultBranch, sizeBytes: known.sizeBytes };
  await context.pushes.quiet(signal);
  const start = await knownTips(context, repository.id, before);
  context.log.debug({ repository: repository.id, refs: refs.length }, "fetching a history");
  const readAll = async (some: readonly RefTip[]): Promise<HistoryRead> =>
    await mirror.fetch(some, of, signal, async ({ gitDirectory, fetchedBytes }) => {
      context.log.debug({ repository: repository.id, fetchedBytes }, "searching a history");
      await context.pushes.quiet(signal);
      return await context.readHistory({
        gitDirectory,
        known: start,
        holders: new Map(holders.map(({ blob, fingerprints }) => [blob, fingerprints])),
        now: began,
        maxFindings: MAX_PAST_FINDINGS,
        signal,
        onProgress({ bytes, objects, share }) {
          const objectsTotal = share === 0 ? null : Math.round(objects / share);
          Object.assign(done, { bytes, objects, objectsTotal });
        },
      });
    });
  const [pull] = tips.pulls;
  const isWhole = before === null;
  try {
    const read = await readAll(refs);
    signal.throwIfAborted();
    await keep(context, repository, known, { read, tips, listed, isWhole, began });
  } catch (error) {
    if (pull === undefined || !isTooLarge(error)) throw error;
    // Anyone can open a pull request with gigabytes.
    const read = await readAll(refs.filter((ref) => !isPull(ref)));
    signal.throwIfAborted();
    const gaps = [...read.gaps, pullsGap(pull)];
    const own = { refs: tips.refs, pulls: [] };
    await keep(context, repository, known, { read: { ...read, gaps }, tips: own, listed, isWhole, began });
  }
}

/** It names a commit, because trying again every day would fetch as much as before. */
function pullsGap(commit: string): Gap {
  const detail =
    "with its pull requests the repository is larger than the limit; what only they hold was not read";
  return gapOf({ reason: "too_large", detail, blob: commit });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof GitError && error.code === "too_many_bytes";
}

const NOTHING: HistoryRead = { findings: [], gaps: [], holders: [], atTip: [], objects: 0, bytes: 0 };

interface Kept {
  readonly read: HistoryRead;
  readonly tips: HistoryTips;
  /** The names of the refs that were read, as the record has them. */
  readonly listed: readonly string[];
  readonly isWhole: boolean;
  readonly began: Date;
}

/** Puts a reading on record, with the job that reports it. */
async function keep(
  context: JobContext,
  repository: CurrentRepository,
  known: HistoryRecord,
  { read, tips, listed, isWhole, began }: Kept,
): Promise<void> {
  const anew = known.detectorVersion !== DETECTOR_VERSION;
  const { findings, unanswered } = await trustPastFindings(context, repository, read.findings, { anew });
  const gaps = bounded(isWhole ? read.gaps : [...known.gaps, ...read.gaps]);
  const isOpen = gaps.some(mayClose);
  const at = context.now();
  const reading = {
    findings,
    gaps,
    tips,
    isWhole,
    detectorVersion: DETECTOR_VERSION,
    holders: read.holders.map(([blob, fingerprints]) => ({ blob, fingerprints })),
    atTip: read === NOTHING ? null : read.atTip,
    bytes: read.bytes,
    objects: read.objects,
    at,
    dueAt: new Date(began.getTime() + (isOpen || unanswered ? AGAIN_MS : EVERY_MS)),
  };
  await context.record.transaction(async (record) => {
    await record.lock([repository.id]);
    const now = await record.repositories.find(repository.id);
    if (now?.state !== "active") return;
    await record.histories.finish(repository.id, reading);
    const target = { repositoryId: repository.id, installationId: repository.installationId };
    await record.enqueue([reportHistoryJob(target, `${known.round} ${at.toISOString()}`)]);
    if (isOpen || now.historyReadAt !== null) return;
    await record.repositories.setHistoryReadAt(repository.id, at);
    // Of a branch that was deleted before this reading nothing was fetched: if it comes back, it is read as new.
    await record.tips.dropBaseline(repository.id, { refs: listed, shas: [...tips.refs, ...tips.pulls] });
    // They named the baseline as unread.
    await publishAll(record, target, `history ${known.round}`, at);
  });
}

/** Each once, and not more than people read. Those that reading again may close come first. */
function bounded(gaps: readonly Gap[]): readonly Gap[] {
  const each = [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()];
  const [first] = each;
  if (each.length <= MAX_GAPS || first === undefined) return each;
  const kept = each.toSorted((a, b) => Number(mayClose(b)) - Number(mayClose(a))).slice(0, MAX_GAPS);
  const detail = `${(each.length - MAX_GAPS).toLocaleString("en-US")} more, which are not listed`;
  return [...kept, { ...first, path: null, detail }];
}

function isPull({ ref }: RefTip): boolean {
  return ref.startsWith("refs/pull/");
}

/** Tips of branches and tags apart from those that only pull requests have. */
function tipsOf(refs: readonly RefTip[]): HistoryTips {
  const others = new Set(refs.filter((ref) => !isPull(ref)).map(({ sha }) => sha));
  const pulls = new Set(refs.filter(isPull).map(({ sha }) => sha));
  return { refs: [...others].toSorted(), pulls: [...pulls.difference(others)].toSorted() };
}

function isSame(one: HistoryTips, other: HistoryTips): boolean {
  const names = ({ refs, pulls }: HistoryTips): string => [...refs, "", ...pulls].join(" ");
  return names(one) === names(other);
}

/**
 * The tips whose history needs no second look. While something is on record that only a stranger's pull request had, what
 * pull requests alone have is read again: a branch may have it by now.
 */
async function knownTips(
  { record }: JobContext,
  repositoryId: number,
  before: HistoryTips | null,
): Promise<readonly string[]> {
  if (before === null) return [];
  const past = await record.histories.findings(repositoryId);
  return past.every(({ trust }) => trust === "writer") ? [...before.refs, ...before.pulls] : before.refs;
}

/** Whether reading again may close the gap. */
function mayClose(gap: Gap): boolean {
  return !canBeAccepted(gap);
}

async function noteFailure(context: JobContext, id: number, error: unknown): Promise<void> {
  const { record, log } = context;
  const known = await record.histories.find(id);
  if (known === null) return;
  const tooLarge = isTooLarge(error);
  const pause =
    tooLarge || error instanceof TooLongError
      ? EVERY_MS
      : Math.min(FIRST_PAUSE_MS * 2 ** Math.min(known.failures, 20), MAX_PAUSE_MS);
  const problem = problemOf(error);
  await record.histories.fail(id, {
    state: tooLarge ? "too_large" : "failed",
    problem,
    dueAt: new Date(context.now().getTime() + pause),
  });
  const repository = await record.repositories.find(id);
  if (repository !== null && (tooLarge || known.failures + 1 >= MAX_SILENT_FAILURES)) {
    const target = { repositoryId: id, installationId: repository.installationId };
    // The check on the history says why.
    await record.transaction((one) => one.enqueue([reportHistoryJob(target, `failed ${known.round}`)]));
  }
  const output = error instanceof HistoryProcessError ? { output: error.output } : {};
  log.warn({ err: error, repository: id, ...output }, "could not read the history of a repository");
}

/** A typed error's message is written for people and holds nothing from a repository. */
function problemOf(error: unknown): string {
  const isOurs = [GitError, GitHubError, HistoryProcessError, TooLongError].some(
    (type) => error instanceof type,
  );
  if (isOurs && error instanceof Error) return error.message;
  return "Rollcall hit an unexpected error. Its log has the details.";
}
