/** Says for commits and refs of a repository where they belong: branch, tag, note, or nothing that a ref reaches. */
import { redactText } from "../../detect/index.ts";
import { NONE } from "../../objects/index.ts";
import type { CommitGraph } from "../../objects/index.ts";
import type { Ref, Refs } from "../../source/index.ts";
import type { Origin, OriginSource } from "../../domain/index.ts";

/** Branches that are looked through for each finding. */
const MAX_BRANCHES = 1024;
/** Branches that a finding names. */
const MAX_NAMED = 20;
/** Pull requests that are named for a commit. */
const MAX_PULLS = 20;

const PULL = /^refs\/(?:pull|merge-requests)\//;
const PULL_HEAD = /^refs\/pull\/(\d{1,10})\/head$/;
const BRANCH = /^refs\/(?:heads|remotes)\//;

/** The order in which refs are named: the first that leads to a finding says where it is. */
const KINDS: readonly RegExp[] = [
  /^refs\/heads\//,
  /^refs\/remotes\//,
  /^refs\/tags\//,
  /^refs\/(?!pull\/|merge-requests\/|notes\/|stash$)/,
  PULL,
  /^refs\/notes\//,
  /^refs\/stash$/,
];

export class Origins {
  readonly #graph: CommitGraph;
  readonly #refs: readonly Ref[];
  readonly #branches: readonly Ref[];
  readonly #hasMoreBranches: boolean;
  readonly #firstTips: Int32Array;
  /** Whether a ref is one of a pull request, by its place in the list. */
  readonly #isPull: readonly boolean[];
  /** The first ref of each object that refs name, or that a tag of theirs names. */
  readonly #refOf = new Map<string, Ref>();
  #reaching: ReadonlyMap<string, readonly number[]> = new Map();

  constructor(graph: CommitGraph, { all, defaultName }: Refs) {
    this.#graph = graph;
    const rank = ({ name }: Ref): number =>
      name === defaultName ? -1 : KINDS.findIndex((kind) => kind.test(name));
    const ranks = new Map(all.map((ref) => [ref, rank(ref)]));
    this.#refs = all.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
    const branches = this.#refs.filter(({ name }) => BRANCH.test(name));
    this.#branches = branches.slice(0, MAX_BRANCHES);
    this.#hasMoreBranches = branches.length > MAX_BRANCHES;
    for (const ref of this.#refs)
      for (const id of [ref.id, ref.target]) if (!this.#refOf.has(id)) this.#refOf.set(id, ref);
    this.#isPull = this.#refs.map(({ name }) => PULL.test(name));
    this.#firstTips = graph.firstTips(this.#refs.map(({ target }) => target));
  }

  /** Whether only pull requests have the commit: anyone can open one. */
  isOnlyInPulls(commit: string): boolean {
    return this.#isPullsAlone(this.#graph.numberOf(commit));
  }

  #isPullsAlone(number: number): boolean {
    return this.#isPull[this.#firstTips[number] ?? NONE] === true;
  }

  /** Numbers of the pull requests that have these commits, where only pull requests have them; some of them, if they are many. */
  pullsOf(commits: Iterable<string>): ReadonlyMap<string, readonly number[]> {
    const wanted = [...new Set(commits)].filter((commit) => this.isOnlyInPulls(commit));
    if (wanted.length === 0) return new Map();
    const pulls = this.#refs.flatMap(({ name, target }) => {
      const number = PULL_HEAD.exec(name)?.[1];
      return number === undefined ? [] : [{ number: Number(number), target }];
    });
    pulls.sort((a, b) => a.number - b.number);
    const tips = pulls.map(({ target }) => target);
    // What a pull request alone has is only reached by way of what pull requests alone have.
    const reaching = this.#graph.firstTipsReaching(wanted, tips, MAX_PULLS, (each) =>
      this.#isPullsAlone(each),
    );
    const numbersOf = (places: readonly number[]): readonly number[] =>
      places.flatMap((place) => pulls[place]?.number ?? []);
    return new Map([...reaching].map(([commit, places]) => [commit, numbersOf(places)]));
  }

  /** Finds the branches of these commits, of which `ofCommit` will be asked. */
  prepare(commits: Iterable<string>): void {
    this.#reaching = this.#graph.tipsReaching(
      [...new Set(commits)],
      this.#branches.map(({ target }) => target),
    );
  }

  ofCommit(
    commit: string,
    source: OriginSource,
  ): Pick<Origin, "branches" | "hasMoreBranches" | "ref" | "source"> {
    const names = (this.#reaching.get(commit) ?? []).map((index) => branchName(this.#branches[index]));
    const ref = this.#firstRefOf(commit);
    return {
      branches: names.slice(0, MAX_NAMED),
      hasMoreBranches: names.length > MAX_NAMED || this.#hasMoreBranches,
      ref: names.length > 0 || ref === null ? null : redactText(ref.name),
      source: source === "file" && ref !== null && ref.name.startsWith("refs/notes/") ? "note" : source,
    };
  }

  #firstRefOf(commit: string): Ref | null {
    return this.#refs[this.#firstTips[this.#graph.numberOf(commit)] ?? NONE] ?? null;
  }

  /** The first ref that names an object, or a tag of it. */
  ofObject(
    id: string,
    source: OriginSource,
  ): Pick<Origin, "branches" | "hasMoreBranches" | "ref" | "source"> {
    const ref = this.#refOf.get(id);
    return {
      branches: [],
      hasMoreBranches: false,
      ref: ref === undefined ? null : redactText(ref.name),
      source,
    };
  }
}

function branchName(ref: Ref | undefined): string {
  return redactText((ref?.name ?? "").replace(BRANCH, ""));
}
