/**
 * Which commits may change a file that is to be placed. Git compares only these, and of a long history they are few: each
 * tree is looked at once, and a commit whose tree has the trace of its parents' trees changes nothing of interest.
 */
import { randomInt } from "node:crypto";
import { parseCommitLinks, TreeTraces } from "../../objects/index.ts";
import type { CommitLinks } from "../../objects/index.ts";
import type { FoundObjects } from "./found.ts";
import { readAllOf } from "./object-bytes.ts";
import type { ObjectSourceRequest } from "./object-bytes.ts";

const MAX_SEED = 2 ** 32;

export interface LinkedCommit extends CommitLinks {
  readonly id: string;
}

/** All commits of a repository. Those that are damaged are left out. */
export async function readAllCommits(request: ObjectSourceRequest): Promise<readonly LinkedCommit[]> {
  const commits: LinkedCommit[] = [];
  await readAllOf("commit", request, (number, bytes) => {
    commits.push({ id: request.table.idOf(number), ...parseCommitLinks(bytes) });
  });
  return commits;
}

/** The ids of commits of which at least one change is of interest, and perhaps of others. */
export async function listChangingCommits(
  request: ObjectSourceRequest,
  commits: readonly LinkedCommit[],
  found: FoundObjects,
): Promise<ReadonlySet<string>> {
  const traces = new TreeTraces(request.table, found.blobs(), found.trees(), randomInt(MAX_SEED));
  await readAllOf("tree", request, (number, bytes) => traces.add(number, bytes));
  const trees = new Map(commits.map(({ id, tree }) => [id, tree]));
  const shallow = new Set(request.repository.shallow);
  const mayChange = ({ id, tree, parents }: LinkedCommit): boolean => {
    // Git takes it for a first commit, even if its parents are there.
    if (shallow.has(id)) return true;
    const before = parents.map((parent) => trees.get(parent));
    // Git fails on what is not there, which becomes a gap.
    if (!traces.has(tree) || before.some((each) => each === undefined)) return true;
    // A merge adds only what none of its parents has.
    if (before.length > 0) return before.every((each) => traces.differ(tree, each ?? ""));
    return traces.mayHold(tree);
  };
  return new Set(commits.filter(mayChange).map(({ id }) => id));
}
