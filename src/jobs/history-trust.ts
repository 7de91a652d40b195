/**
 * Decides who brought what a history holds. What only pull requests have counts as a writer's if one of them was merged or
 * its author may write; GitHub is asked once for each such pull request that has findings.
 */
import { isNamedLikeMergeQueue } from "../domain/index.ts";
import type { CurrentRepository, HistoryTrust, PastFinding } from "../domain/index.ts";
import { GitHubError, hasRole, readPull } from "../github/index.ts";
import type { HistoryRead } from "../scan/index.ts";
import type { JobContext } from "./context.ts";

/** Pull requests that one reading asks about. The next one asks about others. */
const MAX_PULLS = 500;

type Found = HistoryRead["findings"][number];

export interface TrustedFindings {
  readonly findings: readonly PastFinding[];
  /** GitHub did not answer for some pull request: it has to be asked again. */
  readonly unanswered: boolean;
}

/**
 * The findings of a reading, and those on record of which it is not known yet that a writer brought them, with who did.
 *
 * @param options `anew`: another version of the detector read before, and what it found and this one does not is no finding
 */
export async function trustPastFindings(
  context: JobContext,
  repository: CurrentRepository,
  found: readonly Found[],
  { anew }: { readonly anew: boolean },
): Promise<TrustedFindings> {
  const past = anew ? [] : await context.record.histories.findings(repository.id);
  const doubted = past.filter(({ trust, pulls }) => trust !== "writer" && pulls.length > 0);
  const pulls = [...new Set([...doubted, ...found].flatMap((each) => each.pulls))];
  const trusts = new Map<number, HistoryTrust>();
  // Those first of which nothing is known, so every one has its turn at some reading.
  const isKnown = new Set(doubted.filter(({ trust }) => trust === "stranger").flatMap((each) => each.pulls));
  const inTurn = pulls.toSorted((a, b) => Number(isKnown.has(a)) - Number(isKnown.has(b)) || a - b);
  let unanswered = false;
  for (const number of inTurn.slice(0, MAX_PULLS)) {
    const trust = await trustOfPull(context, repository, number);
    unanswered ||= trust === null;
    trusts.set(number, trust ?? "unknown");
  }

  const ofPulls = (numbers: readonly number[]): HistoryTrust => {
    const known = numbers.map((number) => trusts.get(number) ?? "unknown");
    if (known.includes("writer")) return "writer";
    return known.length === 0 || known.includes("unknown") ? "unknown" : "stranger";
  };
  const findings = [
    // First, because what was read now says more.
    ...doubted.map((each) => ({ ...each, trust: ofPulls(each.pulls) })),
    ...found.map((each): PastFinding => ({
      finding: each.finding,
      origin: each.origin,
      trust: each.isOnlyInPulls ? ofPulls(each.pulls) : trustOfRefs(each),
      pulls: each.pulls,
    })),
  ];
  return { findings, unanswered };
}

/** Only people with write access move a ref, but GitHub itself makes those of a merge queue. */
function trustOfRefs({ origin }: Found): HistoryTrust {
  const { branches, hasMoreBranches, ref } = origin;
  if (branches.length === 0) return ref === null ? "unknown" : "writer";
  const isQueued = branches.every((branch) => isNamedLikeMergeQueue(`refs/heads/${branch}`));
  return isQueued && !hasMoreBranches ? "unknown" : "writer";
}

/** Null: GitHub did not answer. */
async function trustOfPull(
  context: JobContext,
  repository: CurrentRepository,
  number: number,
): Promise<HistoryTrust | null> {
  const octokit = await context.github.installation(repository.installationId);
  try {
    const { isMerged, author } = await readPull(octokit, repository, number);
    if (isMerged) return "writer";
    return author !== null && (await hasRole(octokit, repository, author, "write")) ? "writer" : "stranger";
  } catch (error) {
    // One that GitHub cannot show, such as one that its staff removed, is asked about again at the next reading.
    const isOfAll = error instanceof GitHubError && ["rate_limited", "unauthorized"].includes(error.code);
    if (!(error instanceof GitHubError) || isOfAll) throw error;
    return error.retry === "soon" ? null : "unknown";
  }
}
