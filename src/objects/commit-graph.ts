/**
 * The commits of a repository, in typed arrays: which came first, and from which refs each is reached. It needs no
 * complete history: a parent that is not there counts as none.
 */
import { NONE } from "./object-table.ts";

const BITS = 32;

export class CommitGraph {
  /** Ids in hex, by number. */
  readonly ids: readonly string[];
  /** Numbers of all commits, parents before children and otherwise by date. */
  readonly order: Uint32Array;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #ranks: Uint32Array;
  /** Parents of commit `n` are `#parents[#starts[n]..#starts[n + 1]]`. */
  readonly #starts: Uint32Array;
  readonly #parents: Uint32Array;

  constructor(
    commits: readonly { readonly id: string; readonly time: number; readonly parents: readonly string[] }[],
  ) {
    this.ids = commits.map(({ id }) => id);
    this.#numbers = new Map(this.ids.map((id, number) => [id, number]));
    const parents: number[] = [];
    this.#starts = new Uint32Array(commits.length + 1);
    for (const [number, commit] of commits.entries()) {
      for (const id of commit.parents) {
        const parent = this.#numbers.get(id);
        if (parent !== undefined) parents.push(parent);
      }
      this.#starts[number + 1] = parents.length;
    }
    this.#parents = Uint32Array.from(parents);
    const dates = this.#datesAfterParents(commits.map(({ time }) => time));
    this.order = new Uint32Array(commits.keys()).sort(
      (a, b) => (dates[a] ?? 0) - (dates[b] ?? 0) || ((this.ids[a] ?? "") < (this.ids[b] ?? "") ? -1 : 1),
    );
    this.#ranks = new Uint32Array(commits.length);
    for (const [rank, number] of this.order.entries()) this.#ranks[number] = rank;
  }

  /** Place of a commit in `order`; after all others if it is not there. */
  rankOf(id: string): number {
    const number = this.#numbers.get(id);
    return number === undefined ? this.ids.length : (this.#ranks[number] ?? 0);
  }

  /**
   * For each commit by number, the first of the tips that reaches it, by its place in the list; `NONE` for a commit that
   * none reaches.
   */
  firstTips(tips: readonly string[]): Int32Array {
    const first = new Int32Array(this.ids.length).fill(NONE);
    for (const [tip, id] of tips.entries()) {
      const number = this.#numbers.get(id);
      if (number !== undefined && first[number] === NONE) first[number] = tip;
    }
    this.#toParents((child, parent) => {
      const tip = first[child] ?? NONE;
      const other = first[parent] ?? NONE;
      if (tip !== NONE && (other === NONE || tip < other)) first[parent] = tip;
    });
    return first;
  }

  /** For each of the commits, the places in the list of all tips that reach it. */
  tipsReaching(commits: readonly string[], tips: readonly string[]): ReadonlyMap<string, readonly number[]> {
    const reaching = new Map<string, number[]>(commits.map((id) => [id, []]));
    const bits = new Uint32Array(this.ids.length);
    for (let from = 0; from < tips.length; from += BITS) {
      bits.fill(0);
      for (const [bit, id] of tips.slice(from, from + BITS).entries()) {
        const number = this.#numbers.get(id);
        if (number !== undefined) bits[number] = (bits[number] ?? 0) | (1 << bit);
      }
      this.#toParents((child, parent) => {
        bits[parent] = (bits[parent] ?? 0) | (bits[child] ?? 0);
      });
      for (const [id, list] of reaching) {
        const mask = bits[this.#numbers.get(id) ?? NONE] ?? 0;
        for (let bit = 0; bit < BITS; bit++) if ((mask & (1 << bit)) !== 0) list.push(from + bit);
      }
    }
    return reaching;
  }

  /**
   * For each of the commits, the places in the list of the first tips that reach it, at most `most`. Only commits that
   * `counts` says are walked over, so all that lead from a tip to the commits must be among them. However many tips there
   * are, no commit is visited more than `most` times.
   */
  firstTipsReaching(
    commits: readonly string[],
    tips: readonly string[],
    most: number,
    counts: (number: number) => boolean,
  ): ReadonlyMap<string, readonly number[]> {
    const reaching = new Map<number, number[]>(commits.map((id) => [this.numberOf(id), []]));
    const visits = new Uint32Array(this.ids.length);
    const seenFrom = new Int32Array(this.ids.length).fill(NONE);
    const stack: number[] = [];
    const visit = (number: number, tip: number): void => {
      if (number === NONE || seenFrom[number] === tip || !counts(number)) return;
      seenFrom[number] = tip;
      const before = visits[number] ?? 0;
      // As many tips as are wanted have been to all that it leads to.
      if (before >= most) return;
      visits[number] = before + 1;
      reaching.get(number)?.push(tip);
      stack.push(number);
    };
    for (const [tip, id] of tips.entries()) {
      visit(this.numberOf(id), tip);
      for (let at = stack.pop(); at !== undefined; at = stack.pop())
        for (const parent of this.#parentsOf(at)) visit(parent, tip);
    }
    return new Map(commits.map((id) => [id, reaching.get(this.numberOf(id)) ?? []]));
  }

  numberOf(id: string): number {
    return this.#numbers.get(id) ?? NONE;
  }

  /** Every edge once, those of a commit after all that lead to it. */
  #toParents(visit: (child: number, parent: number) => void): void {
    for (let rank = this.order.length - 1; rank >= 0; rank--) {
      const child = this.order[rank] ?? 0;
      for (const parent of this.#parentsOf(child)) visit(child, parent);
    }
  }

  #parentsOf(number: number): Uint32Array {
    return this.#parents.subarray(this.#starts[number] ?? 0, this.#starts[number + 1] ?? 0);
  }

  /** Dates moved so far that no commit is older than its parents: clocks are wrong in every long history. */
  #datesAfterParents(times: readonly number[]): Float64Array {
    const dates = Float64Array.from(times);
    const isDone = new Uint8Array(dates.length);
    const stack: number[] = [];
    for (let start = 0; start < dates.length; start++) {
      stack.push(start);
      for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
        const parents = this.#parentsOf(at);
        const waiting = isDone[at] === 1 ? undefined : parents.find((parent) => isDone[parent] === 0);
        if (waiting !== undefined) {
          stack.push(waiting);
          continue;
        }
        stack.pop();
        isDone[at] = 1;
        for (const parent of parents) dates[at] = Math.max(dates[at] ?? 0, (dates[parent] ?? 0) + 1);
      }
    }
    return dates;
  }
}
