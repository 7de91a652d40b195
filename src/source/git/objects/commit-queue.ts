/** Commits in the order of their dates. Dates only decide which commit is looked at next, never what it belongs to. */
export class CommitQueue {
  /** Ascending by time. */
  readonly #entries: { readonly sha: string; readonly time: number }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** Time of the newest commit, in seconds since 1970; -Infinity for an empty queue. */
  get newest(): number {
    return this.#entries.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  }

  push(sha: string, time: number): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.time ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { sha, time });
  }

  /** Takes the newest commit; undefined if there is none. */
  pop(): string | undefined {
    return this.#entries.pop()?.sha;
  }
}
