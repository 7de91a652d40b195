/**
 * Which commits may change a file that is to be placed. Git compares only these, and of a long history they are few: each
 * tree is looked at once, and a commit whose tree has the trace of its parents' trees changes nothing of interest.
 */
import { randomInt } from "node:crypto";
import { NONE, parseCommitLinks, TreeTraces } from "../../objects/index.ts";
import type { CommitLinks, ObjectTable } from "../../objects/index.ts";
import type { FoundObjects } from "./found.ts";
import { readAllOf } from "./object-bytes.ts";
import type { ObjectSourceRequest } from "./object-bytes.ts";

const MAX_SEED = 2 ** 32;

/** A commit by numbers of a table of objects: texts would take 100 MB for the commits of rails. */
export class LinkedCommit implements CommitLinks {
  readonly number: number;
  readonly time: number;
  readonly #table: ObjectTable;
  /** By their numbers; those that are not there by their ids. */
  readonly #tree: number | string;
  readonly #parents: readonly (number | string)[];

  constructor(table: ObjectTable, number: number, { tree, parents, time }: CommitLinks) {
    this.number = number;
    this.time = time;
    this.#table = table;
    this.#tree = this.#shortened(tree);
    this.#parents = parents.map((id) => this.#shortened(id));
  }

  get id(): string {
    return this.#table.idOf(this.number);
  }

  get tree(): string {
    return this.#idOf(this.#tree);
  }

  get parents(): readonly string[] {
    return this.#parents.map((parent) => this.#idOf(parent));
  }

  #shortened(id: string): number | string {
    const number = this.#table.findHex(id);
    return number === NONE ? id : number;
  }

  #idOf(object: number | string): string {
    return typeof object === "string" ? object : this.#table.idOf(object);
  }
}

/** All commits of a repository. Those that are damaged are left out. */
export async function readAllCommits(request: ObjectSourceRequest): Promise<readonly LinkedCommit[]> {
  const { table } = request;
  const commits: LinkedCommit[] = [];
  await readAllOf("commit", request, (number, bytes) => {
    commits.push(new LinkedCommit(table, number, parseCommitLinks(bytes)));
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
  const { table } = request;
  const places = new Int32Array(table.count).fill(NONE);
  for (const [place, { number }] of commits.entries()) places[number] = place;
  const treeOf = (commit: string): string | undefined => commits[places[table.findHex(commit)] ?? NONE]?.tree;
  const shallow = new Set(request.repository.shallow);
  const mayChange = ({ id, tree, parents }: LinkedCommit): boolean => {
    // Git takes it for a first commit, even if its parents are there.
    if (shallow.has(id)) return true;
    const before = parents.map(treeOf);
    // Git fails on what is not there, which becomes a gap.
    if (!traces.has(tree) || before.some((each) => each === undefined)) return true;
    // A merge adds only what none of its parents has.
    if (before.length > 0) return before.every((each) => traces.differ(tree, each ?? ""));
    return traces.mayHold(tree);
  };
  return new Set(commits.filter(mayChange).map(({ id }) => id));
}
