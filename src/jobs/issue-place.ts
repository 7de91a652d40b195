/**
 * Decides where the issues of a repository go: to the private place that the owner's file names, else to the repository
 * itself if it is private. On a public repository nothing but the neutral issue may appear. It reads and decides; it
 * writes no issue.
 */
import { redactText } from "../detect/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { readRepositoryNamed } from "../github/index.ts";
import type { NamedRepository } from "../github/index.ts";
import type { JobContext } from "./context.ts";
import { loadRepository } from "./load-repository.ts";

/** Why the repository that `issues.repository` names cannot be used. */
export type OwnersPlaceProblem =
  /** It is missing, or the installation does not cover it: GitHub answers both the same. */
  "not_found" | "public" | "other_owner" | "archived" | "issues_off";

/** The private place that the owner's file names for details. */
export interface OwnersPlace {
  /** `owner/name` as the file has it; null if the file names none. */
  readonly named: string | null;
  /** Null if none is named, or if it cannot be used. */
  readonly repository: CurrentRepository | null;
  readonly problem: OwnersPlaceProblem | null;
}

/** Where the issues of one repository go. */
export interface IssuePlace {
  /**
   * The private repositories that may hold issues with details, the first choice first. Empty: the repository is public
   * and the owner named no usable place, so the details are shown nowhere.
   */
  readonly details: readonly CurrentRepository[];
  /** The repository is public: it gets the neutral issue. */
  readonly neutral: boolean;
  readonly owners: OwnersPlace;
}

/**
 * The place of report of a repository, as the owner's file and GitHub have it now.
 *
 * @throws GitHubError if GitHub does not say
 */
export async function issuePlaceOf(context: JobContext, repository: CurrentRepository): Promise<IssuePlace> {
  const owners = await ownersPlaceOf(context, repository);
  const own = repository.private ? [repository] : [];
  const named = owners.repository === null ? [] : [owners.repository];
  const details = [...named, ...own.filter(({ id }) => id !== owners.repository?.id)];
  return { details, neutral: !repository.private, owners };
}

/**
 * The private place that the owner of a repository named for details, whatever the repository is.
 *
 * @throws GitHubError if GitHub does not say
 */
export async function ownersPlaceOf(
  context: JobContext,
  repository: CurrentRepository,
): Promise<OwnersPlace> {
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const { repository: named } = configuration.issues;
  if (named === null) return { named, repository: null, problem: null };
  const [owner = "", name = ""] = named.split("/");
  // Whoever writes the owner's file decides for this owner only.
  if (!isSame(owner, repository.owner)) return { named, repository: null, problem: "other_owner" };
  const octokit = await context.github.installation(repository.installationId);
  const found = await readRepositoryNamed(octokit, { owner, name });
  const problem = problemOf(found, repository);
  if (found === null || problem !== null) return { named, repository: null, problem };
  const place = await onRecord(context, repository, found);
  if (place === null) return { named, repository: null, problem: "not_found" };
  return place.private
    ? { named, repository: place, problem: null }
    : { named, repository: null, problem: "public" };
}

function problemOf(found: NamedRepository | null, { owner }: CurrentRepository): OwnersPlaceProblem | null {
  if (found === null) return "not_found";
  // GitHub leads a former name to the repository of today, which may have gone to another owner.
  if (!isSame(found.owner, owner)) return "other_owner";
  if (!found.private) return "public";
  if (found.archived || found.disabled) return "archived";
  return found.hasIssues ? null : "issues_off";
}

/** Logins and names of repositories are the same in upper and lower case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * The place by its numeric id, which the record then follows. A private repository that this installation can read is
 * covered by it.
 */
async function onRecord(
  context: JobContext,
  { installationId }: CurrentRepository,
  found: NamedRepository,
): Promise<CurrentRepository | null> {
  const { id, owner, name, private: hidden } = found;
  const known = await context.record.repositories.find(id);
  const isKnown =
    known?.installationId === installationId &&
    known.state === "active" &&
    known.owner === owner &&
    known.name === name &&
    known.private === hidden;
  // Redacted, like every name of a ref.
  const defaultBranch = redactText(found.defaultBranch);
  if (!isKnown || known.defaultBranch === null) {
    await context.record.repositories.note({
      id,
      installationId,
      owner,
      name,
      private: hidden,
      defaultBranch,
    });
  }
  return loadRepository(context, id);
}
