import type { CurrentRepository } from "../domain/index.ts";
import type { JobContext } from "./context.ts";
import { matchJob, placeJob, publishJob, reportHistoryJob, scanJob } from "./job.ts";
import type { RefreshJob } from "./job.ts";
import { issuePlaceOf, ownersPlaceOf } from "./issue-place.ts";
import { loadRepository } from "./load-repository.ts";
import { placeLeaks } from "./place-leaks.ts";
import { sayOnce } from "./say-once.ts";
import { updateIssues } from "./update-issues.ts";

/** Of each sort at once; the sweep sees to the others. */
const MAX_AT_ONCE = 500;

/**
 * Brings everything of a repository up to date after its visibility changed or it came back: scopes that were not read
 * while it was out of reach, checks that differ from the record, and the issues, of which a public one may say less.
 */
export async function refreshRepository(context: JobContext, job: RefreshJob): Promise<void> {
  const { record } = context;
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) {
    await followElsewhere(context, job.repositoryId);
    return replaceReported(context, job.repositoryId);
  }
  const now = context.now();
  const unread = await record.scopes.unread(now, MAX_AT_ONCE, repository.id);
  const stale = await record.checks.stale(now, MAX_AT_ONCE, repository.id);
  const hasHistory = ((await record.histories.find(repository.id))?.readAt ?? null) !== null;
  await record.transaction((transaction) =>
    transaction.enqueue([
      ...unread.map((scope) => scanJob(job, scope, scope.trust.kind === "author" ? "stranger" : "trusted")),
      ...(hasHistory ? [reportHistoryJob(job, `refresh ${now.toISOString()}`)] : []),
      ...stale.map(({ head, wanted }) => ({
        ...publishJob(job, head, `refresh ${wanted}`, "trusted"),
        again: true,
      })),
    ]),
  );
  const moved = await placeLeaks(context, repository, await issuePlaceOf(context, repository));
  const leaks = await record.leaks.all(repository.id);
  await updateIssues(
    context,
    repository,
    new Set([...moved, ...leaks.map(({ fingerprint }) => fingerprint)]),
  );
  if (job.publicized && !repository.private) {
    // An issue with details may have been opened in the same moment.
    const match = matchJob(job, `publicized ${now.toISOString()}`);
    await record.transaction((transaction) => transaction.enqueue([match]));
    await warnOfPublication(context, repository);
  }
  await replaceReported(context, repository.id);
}

/**
 * The repository was archived or deleted, so nothing can be written there. Its keys have leaked anyway: they are
 * followed in the private place, if the owner named one.
 */
async function followElsewhere(context: JobContext, repositoryId: number): Promise<void> {
  const known = await context.record.repositories.find(repositoryId);
  if (known === null) return;
  const { id, installationId, owner, name, private: hidden } = known;
  const defaultBranch = known.defaultBranch ?? "";
  const repository: CurrentRepository = { id, installationId, owner, name, private: hidden, defaultBranch };
  if (!(await context.record.leaks.all(id)).some(({ state }) => state === "open")) return;
  const owners = await ownersPlaceOf(context, repository);
  if (owners.repository === null || owners.repository.id === id) return;
  const moved = await placeLeaks(context, repository, {
    details: [owners.repository],
    neutral: false,
    owners,
  });
  await updateIssues(context, repository, new Set(moved));
}

/**
 * Tells the owner, in the issues of the private place, that everybody can read the commits now: the annotations of former
 * check runs, which GitHub cannot remove, may still show where the keys are.
 */
async function warnOfPublication(context: JobContext, repository: CurrentRepository): Promise<void> {
  const issues = new Map<string, { readonly placeId: number; readonly number: number }>();
  for (const leak of await context.record.leaks.all(repository.id)) {
    const { state, reportRepositoryId: placeId, issueNumber: number } = leak;
    if (state === "open" && number !== null) issues.set(`${placeId} ${number}`, { placeId, number });
  }
  for (const { placeId, number } of issues.values()) {
    const place = await loadRepository(context, placeId);
    if (place?.private !== true) continue;
    const fullName = `${repository.owner}/${repository.name}`;
    await sayOnce(context, place, number, { kind: "became_public", fullName }, `public:${repository.id}`);
  }
}

/** Leaks of other repositories whose issues are in this one may need another place now. */
async function replaceReported(context: JobContext, repositoryId: number): Promise<void> {
  const { record } = context;
  const occasion = `place ${context.now().toISOString()}`;
  const reported = await record.leaks.reportedIn(repositoryId);
  const sources = new Set(reported.map((leak) => leak.repositoryId).filter((id) => id !== repositoryId));
  await record.transaction(async (transaction) => {
    for (const id of sources) {
      const source = await transaction.repositories.find(id);
      if (source === null) continue;
      await transaction.enqueue([
        placeJob({ repositoryId: id, installationId: source.installationId }, occasion),
      ]);
    }
  });
}
