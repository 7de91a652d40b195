/**
 * Whether the key of a leak still works: decides whether Stripe may be asked, reads the key again from a commit, asks, and
 * keeps the answer. The key lives in this function alone.
 */
import { isKnownActive, isKnownDead, NEVER_ASKED } from "../domain/index.ts";
import type {
  ActivityAnswer,
  CurrentRepository,
  Finding,
  KeyActivity,
  Trust,
  Unasked,
} from "../domain/index.ts";
import { GitHubError, hasRole } from "../github/index.ts";
import { afterAnswer, afterNotAsking, isAskable, whyNotAsked } from "../policy/index.ts";
import type { AskedLeak, Verification } from "../policy/index.ts";
import { readKey } from "../scan/index.ts";
import { createRestSource } from "../source/index.ts";
import type { Leak, RecordTables } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { loadRepository } from "./load-repository.ts";
import type { LeakKey } from "./leak-state.ts";

/** Places of a key that are tried, the first that is found again is enough. */
const MAX_PLACES = 5;
/** Authors of pull requests whose roles are looked up for one key; with more, it is nobody's in particular. */
const MAX_AUTHORS = 20;
/** Milliseconds to read a key again. */
const READ_MS = 120_000;

/** One row of a leak, in a repository that can be read. */
interface Row {
  readonly leak: Leak;
  readonly repository: CurrentRepository;
  /** The oldest first. */
  readonly places: readonly Finding[];
}

/**
 * Asks Stripe about the key of a leak, if it may, and keeps what it says for all rows of the leak.
 *
 * @param options `freshMs`: an answer younger than this is good enough
 * @throws GitHubError if GitHub limits requests, or does not say who may write
 */
export async function activityOf(
  context: JobContext,
  leak: LeakKey,
  options: { readonly freshMs: number } = { freshMs: 0 },
): Promise<KeyActivity> {
  const leaks = await context.record.leaks.sharing(leak.reportRepositoryId, leak.fingerprint);
  const before = await knownActivity(context.record, leaks);
  const age = before.askedAt === null ? Infinity : context.now().getTime() - before.askedAt.getTime();
  if (age < options.freshMs) return before;
  const rows = await readableRows(context, leaks);
  const unasked = await whyNot(context, leak, rows);
  const after =
    unasked === null
      ? afterAnswer(before, await askStripe(context, rows), context.now())
      : afterNotAsking(before, unasked, context.now());
  for (const { repositoryId, fingerprint } of leaks)
    await context.record.activities.put(repositoryId, fingerprint, after);

  return after;
}

/** What is on record of the key of a leak: the latest of its rows, because one of them may have been added since. */
export async function knownActivity(
  record: Pick<RecordTables, "activities">,
  leaks: readonly Leak[],
): Promise<KeyActivity> {
  let latest = NEVER_ASKED;
  let seenActiveAt: Date | null = null;
  for (const { repositoryId, fingerprint } of leaks) {
    const known = (await record.activities.find(repositoryId, [fingerprint])).get(fingerprint);
    if (known === undefined) continue;
    if ((known.askedAt ?? 0) >= (latest.askedAt ?? 0)) latest = known;
    if (known.seenActiveAt !== null && known.seenActiveAt > (seenActiveAt ?? 0))
      seenActiveAt = known.seenActiveAt;
  }
  return { ...latest, seenActiveAt };
}

/** The answer as it decides over a closing. */
export function verificationOf(activity: KeyActivity): Verification {
  if (isKnownActive(activity)) return "active";
  return isKnownDead(activity) ? "dead" : "unknown";
}

async function readableRows(context: JobContext, leaks: readonly Leak[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const leak of leaks) {
    const repository = await loadRepository(context, leak.repositoryId);
    if (repository === null) continue;
    const { repositoryId, fingerprint } = leak;
    const places = (await context.record.leaks.locations(repositoryId, [fingerprint])).get(fingerprint) ?? [];
    rows.push({ leak, repository, places });
  }
  return rows;
}

async function whyNot(context: JobContext, leak: LeakKey, rows: readonly Row[]): Promise<Unasked | null> {
  const [first] = rows;
  if (first === undefined) return "unknown_pusher";
  // Only the owner's file sets this, so it is the same for every repository of the leak.
  const { configuration } = await context.configuration.read(first.repository, { kind: "now" });
  const { kind, account } = first.leak;
  const subject: Omit<AskedLeak, "pushedBy"> = {
    kind,
    account,
    places: rows.flatMap(({ places }) => places),
    isPrivate: (await loadRepository(context, leak.reportRepositoryId))?.private === true,
  };
  // Roles take requests, so they are looked up last.
  const other = whyNotAsked({ ...subject, pushedBy: "writers" }, configuration);
  return other ?? whyNotAsked({ ...subject, pushedBy: await pushedBy(context, rows) }, configuration);
}

/** Who brought the key anywhere. One person without write access is enough: what strangers push is never sent on. */
async function pushedBy(context: JobContext, rows: readonly Row[]): Promise<AskedLeak["pushedBy"]> {
  let known = false;
  for (const { leak, repository } of rows) {
    const trusts = await context.record.scopes.trustsShowing(repository.id, leak.fingerprint, null);
    known ||= trusts.some(({ kind }) => kind !== "nobody");
    const past = await context.record.historyKeys.trusts(repository.id, leak.fingerprint);
    if (past.includes("stranger")) return "outsiders";
    known ||= past.includes("writer");
    const authors = [...new Set(trusts.flatMap(authorOf))];
    if (authors.length > MAX_AUTHORS) return "unknown";
    const octokit = await context.github.installation(repository.installationId);
    for (const login of authors)
      if (!(await hasRole(octokit, repository, login, "write"))) return "outsiders";
  }
  return known ? "writers" : "unknown";
}

/** The author of commits that nobody with write access is known to have pushed. */
function authorOf(trust: Trust): string[] {
  if (trust.kind === "author") return trust.inRepository === true ? [] : [trust.login];
  return trust.kind === "writer" && trust.author !== undefined ? [trust.author] : [];
}

/** Reads the key from the first of its places that still holds it, and asks. */
async function askStripe(context: JobContext, rows: readonly Row[]): Promise<ActivityAnswer> {
  const candidates = rows
    .flatMap(({ repository, places }) => places.map((place) => ({ repository, place })))
    .filter(({ place }) => isAskable(place))
    // A file by its path takes one request.
    .toSorted((a, b) => Number(a.place.place !== "content") - Number(b.place.place !== "content"))
    .slice(0, MAX_PLACES);
  const signal = AbortSignal.timeout(READ_MS);
  let areGone = candidates.length > 0;
  for (const { repository, place } of candidates) {
    const read = await readAgain(context, repository, place, signal);
    if (read.kind === "key") return await context.stripe.activityOf(read.key);
    areGone &&= read.kind === "gone";
  }
  return { activity: "unknown", grounds: areGone ? "commit_gone" : "not_read" };
}

async function readAgain(
  context: JobContext,
  repository: CurrentRepository,
  place: Finding,
  signal: AbortSignal,
): ReturnType<typeof readKey> {
  const octokit = await context.github.installation(repository.installationId);
  try {
    return await readKey(place, {
      rest: createRestSource(octokit, repository, { blobBytes: context.limits.restBlobBytes }),
      git: context.openGit(repository),
      findKey: context.findKey,
      now: context.now(),
      signal,
    });
  } catch (error) {
    if ((error instanceof GitHubError && error.code !== "rate_limited") || signal.aborted)
      return { kind: "unread" };
    throw error;
  }
}
