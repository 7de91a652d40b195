/**
 * What is true of an issue of the app now: open or closed, and by whom and by which means it came to that. Events of GitHub
 * arrive late, twice and out of order, so they only say where to look.
 */
import type { CurrentRepository } from "../domain/index.ts";
import { appOfEvent, authorsOf, GitHubError, readIssue, roleOf } from "../github/index.ts";
import type { GitHubClient, Issue, LastChange } from "../github/index.ts";
import type { Closer, ClosingReason } from "../policy/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";

/** GitHub does not show the end of a change yet, or does not say who made it. */
export class UnsettledIssueError extends Error {
  override readonly name = "UnsettledIssueError";
  readonly retryable = true;
  readonly retry = "soon";

  constructor() {
    super("GitHub does not say yet who closed the issue. It is asked again.");
  }
}

/** `gone`: deleted, or moved to another repository. `foreign`: not written by this app. */
export type OwnIssue =
  { readonly kind: "own"; readonly issue: Issue } | { readonly kind: "gone" } | { readonly kind: "foreign" };

/** The issue, if the app wrote it. */
export async function readOwnIssue(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  number: number,
): Promise<OwnIssue> {
  try {
    const issue = await readIssue(octokit, repository, number);
    // GitHub answers for an issue that was moved with the one it became.
    if (issue.number !== number || !isOf(repository, issue)) return { kind: "gone" };
    const { login } = await context.github.app();
    return issue.user?.login === login ? { kind: "own", issue } : { kind: "foreign" };
  } catch (error) {
    if (isGone(error)) return { kind: "gone" };
    throw error;
  }
}

/**
 * Does something to an issue. If a person deleted or moved it, there is nothing to do: an open leak gets another issue with
 * its next report. GitHub is asked once more, because it may answer 404 for a moment.
 */
export async function unlessGone(
  context: JobContext,
  repository: CurrentRepository,
  number: number,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isGone(error)) throw error;
    const octokit = await context.github.installation(repository.installationId);
    const read = await readOwnIssue(context, octokit, repository, number);
    if (read.kind !== "gone") throw error;
  }
}

/** The issue was deleted or moved, or its repository is out of reach. */
export function isGone(error: unknown): boolean {
  return error instanceof GitHubError && (error.code === "gone" || error.code === "not_found");
}

function isOf({ owner, name }: CurrentRepository, { html_url: url }: Issue): boolean {
  return decodeURI(new URL(url).pathname).toLowerCase().startsWith(`/${owner}/${name}/`.toLowerCase());
}

/** The reason of a closed issue. GitHub gives none for issues closed before it had reasons: those are completed. */
export function reasonOf({ state_reason: reason }: Issue): ClosingReason {
  if (reason === null || reason === undefined) return "completed";
  return reason === "completed" || reason === "not_planned" || reason === "duplicate" ? reason : "other";
}

/** Whether Rollcall itself made the change. */
export async function isOurs(context: JobContext, change: LastChange): Promise<boolean> {
  if (change.actor === null || change.actor.isPerson) return false;
  // GraphQL names a bot without the suffix that REST adds.
  return change.actor.login.replace(/\[bot\]$/, "") === (await context.github.app()).slug;
}

/** Who made the last closing, with all that decides whether it counts. `leaks`: what the issue is about. */
export async function closerOf(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  number: number,
  change: LastChange,
  leaks: readonly Leak[],
): Promise<Closer> {
  if (change.closer !== null) return { kind: "automation" };
  if (await isOurs(context, change)) return { kind: "rollcall" };
  const { actor } = change;
  // The account is gone, and with it its role.
  if (actor === null) return { kind: "person", login: "ghost", role: null, broughtKey: false };
  if (!actor.isPerson) return { kind: "bot" };
  const [app, role, brought] = await Promise.all([
    appOfEvent(octokit, repository, number, change.id),
    roleOf(octokit, repository, actor.login),
    broughtBy(context, leaks),
  ]);
  if (app === undefined) return { kind: "unknown" };
  if (app !== null) return { kind: "bot" };
  return { kind: "person", login: actor.login, role, broughtKey: brought.has(actor.login.toLowerCase()) };
}

/** Commits whose authors are asked for: the oldest known places of the key. */
const MAX_COMMITS = 5;

/** Logins, in lower case, of those who pushed the keys first or wrote one of the first commits that hold them. */
export async function broughtBy(context: JobContext, leaks: readonly Leak[]): Promise<ReadonlySet<string>> {
  const { record } = context;
  const logins = new Set<string>();
  const commits = new Map<string, number>();
  for (const { repositoryId, fingerprint } of leaks) {
    for (const login of await record.scopes.broughtBy(repositoryId, fingerprint)) logins.add(login);
    const locations = await record.leaks.locations(repositoryId, [fingerprint]);
    for (const { commit } of locations.get(fingerprint) ?? [])
      if (commit !== null && commits.size < MAX_COMMITS) commits.set(commit, repositoryId);
  }
  const authors = await Promise.all([...commits].map(([commit, id]) => authorsIn(context, id, commit)));
  return new Set([...logins, ...authors.flat()].map((login) => login.toLowerCase()));
}

async function authorsIn(
  context: JobContext,
  repositoryId: number,
  commit: string,
): Promise<readonly string[]> {
  const known = await context.record.repositories.find(repositoryId);
  if (known === null || known.state === "removed") return [];
  const octokit = await context.github.installation(known.installationId);
  return authorsOf(octokit, known, commit);
}
