/**
 * Who an issue in a private place is assigned to: whoever pushed the key, else the people whom CODEOWNERS names for its
 * file, else those of the configuration. Teams cannot be assigned, and the app may not read their members.
 */
import type { CurrentRepository } from "../domain/index.ts";
import { canBeAssigned, readTextFile } from "../github/index.ts";
import type { GitHubClient } from "../github/index.ts";
import { CODEOWNERS_PATHS, codeOwnersOf } from "../policy/index.ts";
import type { CodeOwners } from "../policy/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { broughtFirstBy } from "./issue-content.ts";

/** https://docs.github.com/en/rest/issues/issues#create-an-issue: at most ten. */
const MAX_ASSIGNEES = 10;
/** GitHub reads no larger file: 3 MB; nor does its API show more than 1 MB. */
const MAX_CODEOWNERS_BYTES = 1_000_000;
/** Logins that are asked about, of a file that names many. */
const MAX_ASKED = 20;

export interface Assignees {
  readonly logins: readonly string[];
  /** `owner/team`, to be mentioned; none if a person was found first. */
  readonly teams: readonly string[];
}

/**
 * @param octokit of the installation that covers the place
 * @param repository where the key was found
 * @param configured logins of `issues.assign`
 */
export async function assigneesOf(
  context: JobContext,
  octokit: GitHubClient,
  subject: {
    readonly repository: CurrentRepository;
    readonly place: CurrentRepository;
    readonly rows: readonly Leak[];
    readonly configured: readonly string[];
  },
): Promise<Assignees> {
  const { repository, place, rows, configured } = subject;
  const assignable = (logins: readonly string[]) => assignableOf(octokit, place, logins);
  const brought = await Promise.all(rows.map((row) => broughtFirstBy(context, [row])));
  const pushers = await assignable(brought.flatMap((login) => login ?? []));
  if (pushers.length > 0) return { logins: pushers, teams: [] };
  const owners = await ownersOf(context, octokit, repository, rows);
  const people = await assignable(owners.users);
  if (people.length > 0) return { logins: people, teams: owners.teams };
  return { logins: await assignable(configured), teams: owners.teams };
}

async function assignableOf(
  octokit: GitHubClient,
  place: CurrentRepository,
  logins: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const login of [...new Set(logins)].slice(0, MAX_ASKED)) {
    if (found.length === MAX_ASSIGNEES) break;
    if (await canBeAssigned(octokit, place, login)) found.push(login);
  }
  return found;
}

/** By the newest place in a file. */
async function ownersOf(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  rows: readonly Leak[],
): Promise<CodeOwners> {
  const nobody = { users: [], teams: [] };
  const own = rows.filter(({ repositoryId }) => repositoryId === repository.id);
  const places = await context.record.leaks.newestPlaces(own, 1);
  const path = [...places.values()]
    .flatMap((each) => each.places)
    .find(({ finding }) => finding.place === "content" && finding.path !== null)?.finding.path;
  if (path === undefined || path === null) return nobody;
  for (const file of CODEOWNERS_PATHS) {
    const request = { path: file, ref: null, maxBytes: MAX_CODEOWNERS_BYTES };
    const read = await readTextFile(octokit, repository, request);
    if (read.kind === "text") return codeOwnersOf(read.text, path);
  }
  return nobody;
}
