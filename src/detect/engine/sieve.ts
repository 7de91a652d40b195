/**
 * The first look at texts that are mostly copies of one another, as the versions of a file in git's packs are. Each text is
 * searched where it was unpacked, and only in the parts that its base does not have, with as many bytes around them as an
 * anchor is long, or as a glance looks at.
 *
 * Why that is enough: an anchor that begins outside these parts is copied from the base in one piece, with all that its
 * glance sees. The base was searched too, so the glance has been taken there, with the same answer.
 */
import { beginsWithShortPrefix } from "../forms/plain.ts";
import { ANCHORS, isStripeWord, NECESSARY } from "./anchor-search.ts";
import { ASSIGNMENT_REACH } from "./assigned.ts";
import { glanceAt } from "./glance.ts";
import { compileAnchorsInMemory, hasKernel, MEMORY_USED } from "./prefilter.ts";
import type { Counts, MemorySearch } from "./prefilter.ts";
import { GLANCE } from "./stretches.ts";

/** Whether this machine can run a sieve. */
export function canSift(): boolean {
  return hasKernel();
}

/** What a text holds: no anchor at all, anchors that no form would read, or perhaps a credential. */
export type Sifted = "nothing" | "unlikely" | "likely";

/** Bytes around a new part in which anchors may begin that the base does not have. */
export interface SieveMargin {
  readonly before: number;
  readonly after: number;
}

const LONGEST = Math.max(...NECESSARY.map((pattern) => pattern.length));

export class Sieve {
  /** Texts may be anywhere in it beyond `memoryUsed`. */
  readonly memory: WebAssembly.Memory;
  readonly memoryUsed = MEMORY_USED;
  readonly #search: MemorySearch;
  readonly #bytes: Uint8Array;
  #text = 0;
  #length = 0;
  #glance: Counts | null = null;
  #sifted: Sifted = "nothing";
  readonly #counts: Counts;

  private constructor(search: MemorySearch) {
    this.#search = search;
    this.memory = search.memory;
    this.#bytes = new Uint8Array(search.memory.buffer);
    this.#counts = (anchor, at) => {
      if (anchor >= ANCHORS.length && !isStripeWord(anchor)) return false;
      this.#sifted = "unlikely";
      this.#glance ??= glanceAt(this.#bytes.subarray(this.#text, this.#text + this.#length));
      return this.#glance(anchor, at);
    };
  }

  /** @returns null if the machine has no relaxed SIMD in WebAssembly */
  static create(memoryBytes: number): Sieve | null {
    const search = compileAnchorsInMemory(NECESSARY, memoryBytes);
    return search === null ? null : new Sieve(search);
  }

  /** What is to be searched around the parts that are new, by what the base holds. */
  marginFor(base: "nothing" | "unlikely"): SieveMargin {
    return base === "nothing" ? NARROW_MARGIN : WIDE_MARGIN;
  }

  /** Begins with a text: what its base holds is what it holds, unless a part of it says more. */
  begin(text: number, length: number, base: "nothing" | "unlikely"): void {
    this.#text = text;
    this.#length = length;
    this.#glance = null;
    this.#sifted = beginsWithShortPrefix(this.#bytes, text) ? "likely" : base;
  }

  /** Looks at the anchors that begin in a part of the text. */
  search(from: number, to: number): void {
    if (this.#sifted === "likely") return;
    if (this.#search.occursAt(this.#text, this.#length, from, to, this.#counts)) this.#sifted = "likely";
  }

  get sifted(): Sifted {
    return this.#sifted;
  }
}

/** A glance looks at so many bytes on either side of the beginning of an anchor, or at what is assigned to a word. */
const WIDE = Math.max(GLANCE, ASSIGNMENT_REACH, LONGEST) + 1;
const NARROW_MARGIN: SieveMargin = { before: LONGEST, after: 0 };
const WIDE_MARGIN: SieveMargin = { before: WIDE, after: WIDE };
