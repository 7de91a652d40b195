/**
 * Chooses for each anchor the window of three bytes that the prefilter looks for, and the bucket it is in. The choice
 * decides only how fast the search is: a window that common text holds, or a bucket whose windows have little in common,
 * makes the kernel stop for nothing.
 *
 * Rates are counted on several kinds of text, each of equal weight, because a window that is rare in one is common in
 * another. Window and bucket are chosen together by simulated annealing: a window that is a little more common but
 * looks like the others of its bucket is the better one. The random numbers have a fixed seed, so the same text and
 * anchors give the same plan.
 */

const BUCKETS = 8;
const WINDOW = 3;
const ROUNDS = 400_000;
/** Temperatures, in false stops a megabyte. */
const HOT = 600;
const COLD = 3;
/** The cost of a stop at a true window, relative to a false one: a comparison outside the kernel. */
const TRUE_STOP = 4;
/** How much the rate of a window's pattern weighs in its choice: others of the bucket will share the pattern. */
const PATTERN_SHARE = 0.02;

/** A kind of text, such as minified JavaScript, and pieces of it. */
export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Choice {
  readonly anchor: string;
  readonly window: number;
  readonly bucket: number;
}

/** Groups of three bytes with how often a megabyte holds them, averaged over the kinds of text. */
interface Trigrams {
  /** By first byte: second and third byte in one number, and the rates. */
  readonly byFirst: readonly { readonly pairs: Uint16Array; readonly rates: Float64Array }[];
  readonly rateOf: (trigram: number) => number;
  /** The rate of all that has a digit, an upper case letter, a lower case letter or something else at the same places. */
  readonly rateOfPattern: (trigram: number) => number;
}

export function planWindows(
  anchors: readonly string[],
  samples: readonly Sample[],
): { readonly choices: readonly Choice[]; readonly rate: number } {
  const trigrams = countTrigrams(samples);
  const groups = mergeToBuckets(chooseWindows(anchors, trigrams), trigrams);
  const rate = refine(groups, trigrams);
  const choices = groups.flatMap((group, bucket) =>
    group.flatMap(({ window, anchors: sharing }) =>
      sharing.map((anchor) => ({ anchor, window: indexOfWindow(anchor, window), bucket })),
    ),
  );
  return {
    choices: anchors.map(
      (anchor) => choices.find((choice) => choice.anchor === anchor) ?? { anchor, window: 0, bucket: 0 },
    ),
    rate,
  };
}

/** A window and the anchors that use it. */
interface Shared {
  readonly window: number;
  readonly anchors: readonly string[];
}

/**
 * Few windows that cover all anchors, each rare by itself and by its pattern (digit, upper case, lower case, other):
 * greedily the one that costs least for each anchor it covers.
 */
function chooseWindows(anchors: readonly string[], trigrams: Trigrams): Shared[] {
  const covers = new Map<number, Set<string>>();
  for (const anchor of anchors) {
    for (let at = 0; at + WINDOW <= anchor.length; at++) {
      const window = trigramAt(anchor, at);
      covers.set(window, (covers.get(window) ?? new Set()).add(anchor));
    }
  }
  const left = new Set(anchors);
  const chosen: Shared[] = [];
  while (left.size > 0) {
    let best: { window: number; sharing: string[]; price: number } | null = null;
    for (const [window, covered] of covers) {
      const sharing = [...covered].filter((anchor) => left.has(anchor));
      if (sharing.length === 0) continue;
      const price =
        (PATTERN_SHARE * trigrams.rateOfPattern(window) + TRUE_STOP * trigrams.rateOf(window) + 1) /
        sharing.length;
      if (best === null || price < best.price) best = { window, sharing, price };
    }
    if (best === null) break;
    chosen.push({ window: best.window, anchors: best.sharing });
    for (const anchor of best.sharing) left.delete(anchor);
  }
  return chosen;
}

/** Merges the two groups whose union costs least more, until there are as many as buckets. */
function mergeToBuckets(windows: readonly Shared[], trigrams: Trigrams): Shared[][] {
  const groups = windows.map((window) => ({ members: [window], cost: costOf([window], trigrams) }));
  const rises = new Map<string, number>();
  while (groups.length > BUCKETS) {
    let best: { a: number; b: number; rise: number } | null = null;
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const [left, right] = [groups[a], groups[b]];
        if (left === undefined || right === undefined) continue;
        const key = `${nameOf(left.members)}/${nameOf(right.members)}`;
        const rise =
          rises.get(key) ?? costOf([...left.members, ...right.members], trigrams) - left.cost - right.cost;
        rises.set(key, rise);
        if (best === null || rise < best.rise) best = { a, b, rise };
      }
    }
    if (best === null) break;
    const [left, right] = [groups[best.a], groups[best.b]];
    if (left === undefined || right === undefined) break;
    const members = [...left.members, ...right.members];
    groups.splice(best.b, 1);
    groups[best.a] = { members, cost: costOf(members, trigrams) };
  }
  return groups.map(({ members }) => members);
}

function nameOf(members: readonly Shared[]): string {
  return `${members[0]?.window ?? 0}+${members.length}`;
}

function costOf(members: readonly Shared[], trigrams: Trigrams): number {
  const bucket = new Bucket();
  for (const { window } of members) bucket.add(window);
  return bucket.cost(trigrams);
}

/** Moves windows between buckets, and anchors to another of their windows, as simulated annealing does. */
function refine(groups: Shared[][], trigrams: Trigrams): number {
  const random = createRandom();
  const costs = groups.map((group) => costOf(group, trigrams));
  for (let round = 0; round < ROUNDS; round++) {
    const temperature = HOT * (COLD / HOT) ** (round / ROUNDS);
    const from = Math.floor(random() * groups.length);
    const to = Math.floor(random() * groups.length);
    const [source, target] = [groups[from], groups[to]];
    const member = source?.[Math.floor(random() * source.length)];
    if (source === undefined || target === undefined || member === undefined) continue;
    const window = random() < 0.5 ? member.window : otherWindow(member, random);
    if (from === to && window === member.window) continue;
    const rest = source.filter((other) => other !== member);
    const next = { window, anchors: member.anchors };
    const [a, b] = from === to ? [[...rest, next], null] : [rest, [...target, next]];
    const costA = costOf(a, trigrams);
    const costB = b === null ? 0 : costOf(b, trigrams);
    const rise = costA + costB - (costs[from] ?? 0) - (b === null ? 0 : (costs[to] ?? 0));
    if (rise > 0 && random() >= Math.exp(-rise / temperature)) continue;
    groups[from] = a;
    costs[from] = costA;
    if (b !== null) {
      groups[to] = b;
      costs[to] = costB;
    }
  }
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** A window that all anchors of the member have. */
function otherWindow({ anchors }: Shared, random: () => number): number {
  const [first = "", ...others] = anchors;
  const common = Array.from({ length: first.length - WINDOW + 1 }, (_, at) => trigramAt(first, at)).filter(
    (window) => others.every((anchor) => indexOfWindow(anchor, window) >= 0),
  );
  return common[Math.floor(random() * common.length)] ?? trigramAt(first, 0);
}

function indexOfWindow(anchor: string, window: number): number {
  for (let at = 0; at + WINDOW <= anchor.length; at++) if (trigramAt(anchor, at) === window) return at;
  return -1;
}

/** The windows of one bucket, and how often a megabyte has three bytes that pass its six tables. */
class Bucket {
  readonly #windows = new Map<number, number>();

  add(window: number): void {
    this.#windows.set(window, (this.#windows.get(window) ?? 0) + 1);
  }

  remove(window: number): void {
    const left = (this.#windows.get(window) ?? 0) - 1;
    if (left > 0) this.#windows.set(window, left);
    else this.#windows.delete(window);
  }

  cost({ byFirst, rateOf }: Trigrams): number {
    const [first, second, third] = [0, 8, 16].map((shift) => this.#accepted(shift));
    if (first === undefined || second === undefined || third === undefined) return 0;
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const group = byFirst[byte];
      if (first[byte] === 0 || group === undefined) continue;
      const { pairs, rates } = group;
      for (let i = 0; i < pairs.length; i++) {
        const pair = pairs[i] ?? 0;
        if (second[pair & 255] === 1 && third[pair >> 8] === 1) sum += rates[i] ?? 0;
      }
    }
    for (const window of this.#windows.keys()) sum += TRUE_STOP * rateOf(window);
    return sum;
  }

  #accepted(shift: number): Uint8Array {
    let low = 0;
    let high = 0;
    for (const window of this.#windows.keys()) {
      const byte = (window >>> shift) & 255;
      low |= 1 << (byte & 15);
      high |= 1 << (byte >> 4);
    }
    return Uint8Array.from(
      { length: 256 },
      (_, byte) => (low >> (byte & 15)) & 1 & ((high >> (byte >> 4)) & 1),
    );
  }
}

function countTrigrams(samples: readonly Sample[]): Trigrams {
  const sums = new Float64Array(1 << 24);
  for (const { bytes } of samples) {
    const weight = 1e6 / Math.max(1, bytes.length) / samples.length;
    let trigram = ((bytes[0] ?? 0) << 8) | ((bytes[1] ?? 0) << 16);
    for (let at = 2; at < bytes.length; at++) {
      trigram = (trigram >>> 8) | ((bytes[at] ?? 0) << 16);
      sums[trigram] = (sums[trigram] ?? 0) + weight;
    }
  }
  const groups = Array.from({ length: 256 }, () => ({ pairs: [] as number[], rates: [] as number[] }));
  const patterns = new Map<number, number>();
  for (const [trigram, rate] of sums.entries()) {
    if (rate === 0) continue;
    const pattern = patternOf(trigram);
    patterns.set(pattern, (patterns.get(pattern) ?? 0) + rate);
    // Rarer ones move the sum by less than a hundredth.
    if (rate < 2) continue;
    groups[trigram & 255]?.pairs.push(trigram >>> 8);
    groups[trigram & 255]?.rates.push(rate);
  }
  return {
    byFirst: groups.map(({ pairs, rates }) => ({
      pairs: Uint16Array.from(pairs),
      rates: Float64Array.from(rates),
    })),
    rateOf: (trigram) => sums[trigram] ?? 0,
    rateOfPattern: (trigram) => patterns.get(patternOf(trigram)) ?? 0,
  };
}

function patternOf(trigram: number): number {
  return [0, 8, 16].reduce((pattern, shift) => pattern * 8 + (((trigram >>> shift) & 255) >> 5), 0);
}

function trigramAt(anchor: string, window: number): number {
  return (
    anchor.charCodeAt(window) | (anchor.charCodeAt(window + 1) << 8) | (anchor.charCodeAt(window + 2) << 16)
  );
}

/** Numbers from 0 to 1, the same at every run (xorshift32, Marsaglia 2003). */
function createRandom(): () => number {
  let state = 20_261_124;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
