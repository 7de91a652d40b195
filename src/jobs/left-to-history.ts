/**
 * Live keys that a new ref has in its history, and that nothing else tells of: its scope left their commits out, because
 * they are from before the installation, and they have no issue. It asks GitHub whether the head has those commits, and
 * writes nothing.
 */
import type { CurrentRepository, OriginSource, PastFinding, ScopeRecord } from "../domain/index.ts";
import { GitHubError, isAncestor } from "../github/index.ts";
import { filedAs } from "../policy/index.ts";
import type { LeftToHistory } from "../policy/index.ts";
import type { JobContext } from "./context.ts";
import { judgedHistory } from "./history-findings.ts";

/** Commits that GitHub is asked about, one request each. */
const MAX_ASKED = 30;
/** As many commits with a key are enough: the check says that there may be more. */
const ENOUGH = 5;

/**
 * What the new refs among these scopes leave to the history.
 *
 * @returns null: nothing. Always so on a public repository, because nothing there may show that a history holds a key
 * @throws GitHubError
 */
export async function leftToHistory(
  context: JobContext,
  repository: CurrentRepository,
  head: string,
  scopes: readonly ScopeRecord[],
): Promise<LeftToHistory | null> {
  if (!repository.private || !scopes.some(isNewRef)) return null;
  const { keys, configuration } = await judgedHistory(context, repository);
  const shown = new Set(scopes.flatMap(({ findings }) => findings.map(({ finding }) => finding.fingerprint)));
  const untold = keys.filter(
    ({ finding, isLive, disposition, issue }) =>
      isLive && disposition === "leak" && issue === null && !shown.has(finding.fingerprint),
  );
  const keysAt = Map.groupBy(
    untold.flatMap(({ places }) => places).filter(isInCommit),
    ({ finding: { commit } }) => commit ?? "",
  );
  if (keysAt.size === 0) return null;
  // What the default branch has, most new branches have.
  const inOrder = [...keysAt.entries()].toSorted(
    ([, a], [, b]) => Number(isOn(b, repository.defaultBranch)) - Number(isOn(a, repository.defaultBranch)),
  );
  const octokit = await context.github.installation(repository.installationId);
  const held = new Set<string>();
  let [hits, asked, isUnsure] = [0, 0, false];
  for (const [commit, places] of inOrder) {
    if (asked === MAX_ASKED || hits === ENOUGH) break;
    asked += 1;
    const isHeld = await isAncestor(octokit, repository, commit, head).catch(unlessOfAll);
    isUnsure ||= isHeld === null;
    if (isHeld !== true) continue;
    hits += 1;
    for (const { finding } of places) held.add(finding.fingerprint);
  }
  const mayBeMore = (isUnsure || asked < keysAt.size) && held.size < untold.length;
  if (held.size === 0 && !mayBeMore) return null;
  return { keys: held.size, mayBeMore, filing: filedAs(configuration) };
}

/** A refusal to compare leaves it open. Only what stops every request is thrown. */
function unlessOfAll(error: unknown): null {
  const isOfAll = error instanceof GitHubError && ["rate_limited", "unauthorized"].includes(error.code);
  if (!(error instanceof GitHubError) || isOfAll) throw error;
  return null;
}

/** A scope that leaves out what was there before. */
function isNewRef({ scope }: ScopeRecord): boolean {
  return scope.kind === "push" && scope.before === null;
}

/** Not in a tag's message or the name of a ref: a branch does not bring those. */
function isInCommit({ finding, origin }: PastFinding): boolean {
  return finding.commit !== null && IN_COMMITS.has(origin.source);
}

const IN_COMMITS: ReadonlySet<OriginSource> = new Set<OriginSource>(["file", "commit"]);

function isOn(places: readonly PastFinding[], branch: string): boolean {
  return places.some(({ origin }) => origin.branches.includes(branch));
}
