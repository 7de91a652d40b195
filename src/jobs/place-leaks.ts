/**
 * Brings every leak of a repository to its place of report: opens the issues that are missing, moves those whose place has
 * changed, and closes the ones that were left. What an issue says is decided elsewhere.
 */
import type { CurrentRepository } from "../domain/index.ts";
import { GitHubError } from "../github/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { retireFormerIssues } from "./former-issues.ts";
import { placeProblem } from "./place-problem.ts";
import type { IssuePlace } from "./issue-place.ts";
import { changeLeaks } from "./leak-changes.ts";
import { openIssues } from "./leak-issues.ts";
import { changeLeakState } from "./leak-state.ts";
import { coverByNeutralIssue } from "./neutral-issue.ts";

/**
 * Gives every open leak of the repository an issue in its place. If the first choice refuses it, the next one gets it.
 *
 * @returns the leaks whose issue changed
 * @throws GitHubError if no place takes the issues, or GitHub does not answer
 */
export async function placeLeaks(
  context: JobContext,
  repository: CurrentRepository,
  place: IssuePlace,
): Promise<readonly string[]> {
  const before = await context.record.leaks.all(repository.id);
  await withdraw(context, repository, place, before);
  const refusal = await openInPrivate(context, repository, place);
  if (place.neutral) await openInPublic(context, repository, place);
  else await endNeutral(context, repository, before);
  await retireFormerIssues(context, repository.id);
  await noteProblem(context, repository, place, refusal);
  if (refusal !== null && (await openLeaks(context, repository)).some((leak) => leak.issueNumber === null))
    throw refusal;
  const after = await context.record.leaks.all(repository.id);
  const issueOf = (leak: Leak): string =>
    `${leak.fingerprint} ${leak.reportRepositoryId} ${leak.issueNumber}`;
  const known = new Set(before.map(issueOf));
  return after.filter((leak) => !known.has(issueOf(leak))).map(({ fingerprint }) => fingerprint);
}

async function openLeaks(context: JobContext, repository: CurrentRepository): Promise<Leak[]> {
  return (await context.record.leaks.all(repository.id)).filter(({ state }) => state === "open");
}

/**
 * Takes the details out of repositories that are public now, also of leaks that are settled: their issues still say where
 * the key is. The leaks have no issue then, until they get one elsewhere.
 */
async function withdraw(
  context: JobContext,
  repository: CurrentRepository,
  place: IssuePlace,
  leaks: readonly Leak[],
): Promise<void> {
  const neutral = (await context.record.issues.neutral(repository.id))?.number ?? null;
  const allowed = new Set(place.details.map(({ id }) => id));
  const exposed: Leak[] = [];
  for (const leak of leaks) {
    if (leak.issueNumber === null || allowed.has(leak.reportRepositoryId)) continue;
    const isNeutral = leak.reportRepositoryId === repository.id && leak.issueNumber === neutral;
    if (!isNeutral && (await isPublic(context, leak.reportRepositoryId))) exposed.push(leak);
  }
  if (exposed.length === 0) return;
  const fingerprints = exposed.map(({ fingerprint }) => fingerprint);
  await changeLeaks(context, repository.id, fingerprints, async (record) => {
    for (const { reportRepositoryId, issueNumber, fingerprint } of exposed) {
      if (issueNumber === null) continue;
      const former = { repositoryId: reportRepositoryId, number: issueNumber, fingerprints: [fingerprint] };
      await record.issues.leave(repository.id, former);
    }
    await record.leaks.issueGone(repository.id, fingerprints);
  });
  // At once: everybody can read it.
  await retireFormerIssues(context, repository.id);
}

async function isPublic(context: JobContext, repositoryId: number): Promise<boolean> {
  return (await context.record.repositories.find(repositoryId))?.private === false;
}

/** @returns why a place refused the issues; null if the first did not */
async function openInPrivate(
  context: JobContext,
  repository: CurrentRepository,
  { details }: IssuePlace,
): Promise<GitHubError | null> {
  const neutral = (await context.record.issues.neutral(repository.id))?.number ?? null;
  let refusal: GitHubError | null = null;
  for (const [index, place] of details.entries()) {
    const fit = new Set(details.slice(0, index + 1).map(({ id }) => id));
    const isFit = (leak: Leak): boolean =>
      leak.issueNumber !== null &&
      fit.has(leak.reportRepositoryId) &&
      !(leak.reportRepositoryId === repository.id && leak.issueNumber === neutral);
    const missing = (await openLeaks(context, repository)).filter((leak) => !isFit(leak));
    try {
      await openIssues(context, { repository, place }, missing);
      return refusal;
    } catch (error) {
      if (!(error instanceof GitHubError) || !isRefusal(error)) throw error;
      refusal ??= error;
      // Leaks that have an issue where it may be keep it.
    }
  }
  return refusal;
}

/** The place takes no issues: they are off, or it is archived, gone, or out of reach. */
function isRefusal({ code }: GitHubError): boolean {
  return code === "gone" || code === "forbidden" || code === "not_found";
}

/** The neutral issue covers every open leak that a push or a pull request brought. Without a private place it is also their only issue. */
async function openInPublic(
  context: JobContext,
  repository: CurrentRepository,
  { details }: IssuePlace,
): Promise<void> {
  // That a history holds a key may be seen nowhere in public: an issue that appears without a push would tell it.
  const open = (await openLeaks(context, repository)).filter(({ fromHistory }) => !fromHistory);
  if (open.length === 0) return;
  const uncovered = open.filter(
    ({ neutralAt, issueNumber }) => neutralAt === null || (details.length === 0 && issueNumber === null),
  );
  const issue = await coverByNeutralIssue(context, repository, uncovered);
  if (issue === null || details.length > 0) return;
  const others = open.filter(
    (leak) => leak.issueNumber !== issue.number || leak.reportRepositoryId !== repository.id,
  );
  if (others.length === 0) return;
  const fingerprints = others.map(({ fingerprint }) => fingerprint);
  await changeLeaks(context, repository.id, fingerprints, async (record) => {
    for (const { reportRepositoryId, issueNumber, fingerprint } of others) {
      if (issueNumber === null) continue;
      const former = { repositoryId: reportRepositoryId, number: issueNumber, fingerprints: [fingerprint] };
      await record.issues.leave(repository.id, former);
    }
    const opened = { ...issue, repositoryId: repository.id, digest: null };
    await record.leaks.issueOpened(repository.id, fingerprints, opened);
  });
  for (const { fingerprint } of others.filter(({ issueNumber }) => issueNumber === null)) {
    const leak = { reportRepositoryId: repository.id, fingerprint };
    await changeLeakState(context, leak, { from: "open", to: "open", actor: null, how: "filed" });
  }
}

/** The repository is private again: each key has its own issue, and the neutral one is closed. */
async function endNeutral(
  context: JobContext,
  repository: CurrentRepository,
  leaks: readonly Leak[],
): Promise<void> {
  const covered = leaks.filter(({ neutralAt }) => neutralAt !== null);
  const neutral = await context.record.issues.neutral(repository.id);
  if (covered.length === 0 || neutral === null || neutral.number === null) return;
  const former = { repositoryId: repository.id, number: neutral.number, fingerprints: [] };
  await context.record.issues.leave(repository.id, former);
  const fingerprints = covered.map(({ fingerprint }) => fingerprint);
  await context.record.leaks.setNeutralAt(repository.id, fingerprints, null);
}

/** Keeps where the checks show it that the issues are not where the owner wants them. */
async function noteProblem(
  context: JobContext,
  repository: CurrentRepository,
  place: IssuePlace,
  refusal: GitHubError | null,
): Promise<void> {
  const problem = placeProblem(place, refusal);
  const open = await openLeaks(context, repository);
  const differing = open.filter(({ reportProblem }) => reportProblem !== problem);
  if (differing.length === 0) return;
  const fingerprints = differing.map(({ fingerprint }) => fingerprint);
  await changeLeaks(context, repository.id, fingerprints, (record) =>
    record.leaks.noteProblem(repository.id, fingerprints, problem),
  );
}
