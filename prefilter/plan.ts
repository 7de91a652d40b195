/**
 * Chooses for each anchor the window of four bytes that the prefilter looks for, and the bucket it is in. The choice
 * decides only how fast the search is: a window that common text holds, or a bucket whose windows have little in common,
 * makes the kernel stop for nothing.
 *
 * Rates are counted at places of several kinds of text, each of equal weight, because a window that is rare in one is
 * common in another. Window and bucket are chosen together by simulated annealing: a window that is a little more common
 * but looks like the others of its bucket is the better one. The random numbers have a fixed seed, so the same text and
 * anchors give the same plan.
 */
import { createRandom } from "./random.ts";
import { ANYTHING, byteOf, countWindows, openWindowAt, Places, WINDOW, windowAt } from "./places.ts";
import type { Sample } from "./samples.ts";

const BUCKETS = 8;
const ROUNDS = 1_000_000;
/** Temperatures, in false stops a megabyte. */
const HOT = 3000;
const COLD = 5;
/** The cost of a stop at a true window, relative to a false one: a comparison outside the kernel. */
const TRUE_STOP = 8;
/** A window begins less than this far into its anchor: the kernel looks back no further. */
const MAX_OFFSET = 12;
/** How much one more window costs, in stops a megabyte: others of its bucket take its look-alikes in. */
const MORE = 120;

interface Choice {
  readonly anchor: string;
  readonly window: number;
  readonly size: 3 | 4;
  readonly bucket: number;
}

/** A window and the anchors that use it. */
interface Shared {
  readonly anchors: readonly string[];
  readonly windows: readonly number[];
  window: number;
  bucket: number;
}

export function planWindows(
  anchors: readonly string[],
  samples: readonly Sample[],
): { readonly choices: readonly Choice[]; readonly rates: ReadonlyMap<string, number> } {
  const rates = countWindows(new Set(anchors.flatMap(windowsOf)), samples);
  const places = new Places(samples);
  const shared = chooseWindows(anchors, rates);
  const plan = new Plan(shared, places, rates);
  plan.refine();
  return {
    choices: anchors.map((anchor) => {
      const its = shared.find((one) => one.anchors.includes(anchor));
      if (its === undefined) throw new Error(`The anchor has no window: ${anchor}`);
      const { window, bucket } = its;
      const size = byteOf(window, 3) === ANYTHING ? 3 : 4;
      return { anchor, window: offsetOf(window, anchor), size, bucket };
    }),
    rates: plan.rates(),
  };
}

/** Of four bytes and of three, in the order of their offsets in the anchor. */
function windowsOf(anchor: string): readonly number[] {
  const bytes = Buffer.from(anchor, "latin1");
  return [
    ...offsetsOf(anchor, 4).map((at) => windowAt(bytes, at)),
    ...offsetsOf(anchor, 3).map((at) => openWindowAt(bytes, at)),
  ];
}

function offsetsOf(anchor: string, size: 3 | 4): readonly number[] {
  return Array.from({ length: Math.min(MAX_OFFSET, anchor.length - size + 1) }, (_, at) => at);
}

/** Where a window begins in an anchor. */
function offsetOf(window: number, anchor: string): number {
  const index = windowsOf(anchor).indexOf(window);
  const long = offsetsOf(anchor, 4).length;
  return index < long ? index : index - long;
}

/** Few windows that cover all anchors, each rare: greedily the one that costs least for each anchor it covers. */
function chooseWindows(anchors: readonly string[], rates: ReadonlyMap<number, number>): readonly Shared[] {
  const covers = new Map<number, Set<string>>();
  for (const anchor of anchors)
    for (const window of windowsOf(anchor)) covers.set(window, (covers.get(window) ?? new Set()).add(anchor));

  const left = new Set(anchors);
  const chosen: Shared[] = [];
  while (left.size > 0) {
    let best: { window: number; anchors: readonly string[]; price: number } | null = null;
    for (const [window, covered] of covers) {
      const sharing = [...covered].filter((anchor) => left.has(anchor));
      if (sharing.length === 0) continue;
      const price = (TRUE_STOP * (rates.get(window) ?? 0) + MORE) / sharing.length;
      if (best === null || price < best.price) best = { window, anchors: sharing, price };
    }
    if (best === null) break;
    const [first = "", ...others] = best.anchors;
    const windows = windowsOf(first).filter((window) =>
      others.every((anchor) => windowsOf(anchor).includes(window)),
    );
    chosen.push({ anchors: best.anchors, windows, window: best.window, bucket: 0 });
    for (const anchor of best.anchors) left.delete(anchor);
  }
  return chosen;
}

/** The eight buckets: how many of their windows have each half of each byte, and what their tables let through. */
class Plan {
  readonly #shared: readonly Shared[];
  readonly #places: Places;
  readonly #rates: ReadonlyMap<number, number>;
  /** By bucket, byte, half and value. */
  readonly #counts = Array.from({ length: BUCKETS }, () => new Uint16Array(WINDOW * 2 * 16));
  readonly #costs: number[] = Array.from({ length: BUCKETS }, () => 0);

  constructor(shared: readonly Shared[], places: Places, rates: ReadonlyMap<number, number>) {
    this.#shared = shared;
    this.#places = places;
    this.#rates = rates;
    for (const one of shared) {
      const rises = this.#costs.map((cost, bucket) => {
        this.#count(bucket, one.window, 1);
        const rise = this.#costOf(bucket) - cost;
        this.#count(bucket, one.window, -1);
        return rise;
      });
      one.bucket = rises.indexOf(Math.min(...rises));
      this.#count(one.bucket, one.window, 1);
      this.#costs[one.bucket] = this.#costOf(one.bucket);
    }
  }

  /** Moves windows between buckets, and anchors to another of their windows, as simulated annealing does. */
  refine(): void {
    const random = createRandom();
    const pick = (count: number): number => Math.floor(random() * count);
    for (let round = 0; round < ROUNDS; round++) {
      const one = this.#shared[pick(this.#shared.length)];
      if (one === undefined) return;
      const bucket = pick(BUCKETS);
      const window = (random() < 0.3 ? one.windows[pick(one.windows.length)] : undefined) ?? one.window;
      if (bucket === one.bucket && window === one.window) continue;
      const [from, last] = [one.bucket, one.window];
      this.#count(from, last, -1);
      this.#count(bucket, window, 1);
      const costs = new Map([from, bucket].map((changed) => [changed, this.#costOf(changed)] as const));
      let rise = TRUE_STOP * ((this.#rates.get(window) ?? 0) - (this.#rates.get(last) ?? 0));
      for (const [changed, cost] of costs) rise += cost - (this.#costs[changed] ?? 0);
      const temperature = HOT * (COLD / HOT) ** (round / ROUNDS);
      if (rise > 0 && random() >= Math.exp(-rise / temperature)) {
        this.#count(bucket, window, -1);
        this.#count(from, last, 1);
        continue;
      }
      for (const [changed, cost] of costs) this.#costs[changed] = cost;
      one.bucket = bucket;
      one.window = window;
    }
  }

  /** Places a megabyte at which the kernel stops, by kind of text. */
  rates(): ReadonlyMap<string, number> {
    return this.#places.ratesOf(this.#counts.map(masksOf));
  }

  #costOf(bucket: number): number {
    return this.#places.costOf(masksOf(this.#counts[bucket] ?? new Uint16Array()));
  }

  #count(bucket: number, window: number, by: 1 | -1): void {
    const counts = this.#counts[bucket];
    if (counts === undefined) return;
    for (let byte = 0; byte < WINDOW; byte++) {
      const value = byteOf(window, byte);
      for (let half = 0; half < 16; half++) {
        const low = 32 * byte + half;
        const high = low + 16;
        if (value === ANYTHING || (value & 15) === half) counts[low] = (counts[low] ?? 0) + by;
        if (value === ANYTHING || value >> 4 === half) counts[high] = (counts[high] ?? 0) + by;
      }
    }
  }
}

/** For each byte and half of it, the values that a table lets through, as bits. */
function masksOf(counts: Uint16Array): readonly number[] {
  return Array.from({ length: 2 * WINDOW }, (_, table) => {
    let mask = 0;
    for (let value = 0; value < 16; value++) if ((counts[16 * table + value] ?? 0) > 0) mask |= 1 << value;
    return mask;
  });
}
