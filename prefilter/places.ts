/**
 * How often the tables of a bucket stop the kernel, estimated at random places of every kind of text. For each byte of a
 * window and each half of it, bits say at which places it has which value, so a bucket is judged by a few passes over
 * a kilobyte or two.
 */
import { createRandom } from "./random.ts";
import type { Sample } from "./samples.ts";

export const WINDOW = 4;
/** In place of the last byte of a window that has only three. */
export const ANYTHING = 256;
/** Places of each kind: one of them is some two hundred a megabyte. */
const PLACES = 4096;
const WORDS = PLACES / 32;
/** The kinds in which a bucket stops most weigh most: the kernel is to be fast on each of them. */
const STEEPNESS = 1.25;

export class Places {
  readonly #names: readonly string[];
  readonly #words: number;
  /** For each byte, half and four values of it: the places that have one of the values of a set. */
  readonly #bits: readonly (readonly Int32Array[])[];
  readonly #costs = new Map<string, number>();

  constructor(samples: readonly Sample[]) {
    const random = createRandom();
    this.#names = samples.map(({ name }) => name);
    this.#words = samples.length * WORDS;
    const single = Array.from({ length: 2 * WINDOW * 16 }, () => new Int32Array(this.#words));
    for (const [kind, { bytes }] of samples.entries()) {
      for (let place = 0; place < PLACES; place++) {
        const at = Math.floor(random() * (bytes.length - WINDOW));
        for (let byte = 0; byte < WINDOW; byte++) {
          const value = bytes[at + byte] ?? 0;
          for (const table of [32 * byte + (value & 15), 32 * byte + 16 + (value >> 4)]) {
            const bits = single[table];
            const word = kind * WORDS + (place >> 5);
            if (bits !== undefined) bits[word] = (bits[word] ?? 0) | (1 << (place & 31));
          }
        }
      }
    }
    this.#bits = Array.from({ length: 2 * WINDOW * 2 }, (_, half) =>
      Array.from({ length: 256 }, (_unused, set) => {
        const union = new Int32Array(this.#words);
        for (let value = 0; value < 8; value++) {
          const bits = single[8 * half + value];
          if (((set >> value) & 1) === 0 || bits === undefined) continue;
          for (let word = 0; word < union.length; word++)
            union[word] = (union[word] ?? 0) | (bits[word] ?? 0);
        }
        return union;
      }),
    );
  }

  /** @param masks for each byte and half of it, the values that the table lets through */
  costOf(masks: readonly number[]): number {
    const key = masks.join();
    const known = this.#costs.get(key);
    if (known !== undefined) return known;
    const stops = this.#stopsOf(masks);
    let cost = 0;
    for (let kind = 0; kind < this.#names.length; kind++) {
      const rate = (countBits(stops, kind) * 1e6) / PLACES;
      cost += (rate / 1000) ** STEEPNESS * 1000;
    }
    cost /= this.#names.length;
    if (this.#costs.size > 1_000_000) this.#costs.clear();
    this.#costs.set(key, cost);
    return cost;
  }

  /** Places a megabyte at which any of the buckets stops. */
  ratesOf(buckets: readonly (readonly number[])[]): ReadonlyMap<string, number> {
    const all = new Int32Array(this.#words);
    for (const masks of buckets)
      for (const [word, bits] of this.#stopsOf(masks).entries()) all[word] = (all[word] ?? 0) | bits;

    return new Map(this.#names.map((name, kind) => [name, (countBits(all, kind) * 1e6) / PLACES]));
  }

  #stopsOf(masks: readonly number[]): Int32Array {
    const stops = new Int32Array(this.#words).fill(-1);
    for (const [table, mask] of masks.entries()) {
      const left = this.#bits[2 * table]?.[mask & 255];
      const right = this.#bits[2 * table + 1]?.[mask >> 8];
      if (left === undefined || right === undefined) continue;
      for (let word = 0; word < stops.length; word++)
        stops[word] = (stops[word] ?? 0) & ((left[word] ?? 0) | (right[word] ?? 0));
    }
    return stops;
  }
}

function countBits(bits: Int32Array, kind: number): number {
  let count = 0;
  for (let word = kind * WORDS; word < (kind + 1) * WORDS; word++) {
    let left = bits[word] ?? 0;
    left -= (left >>> 1) & 0x55555555;
    left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
    count += Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** How often a megabyte has each window, averaged over the kinds of text. */
export function countWindows(
  windows: ReadonlySet<number>,
  samples: readonly Sample[],
): ReadonlyMap<number, number> {
  const isPossible = new Uint8Array(1 << 16);
  for (const window of windows) isPossible[window & 0xffff] = 1;
  const rates = new Map<number, number>();
  for (const { bytes } of samples) {
    const one = 1e6 / bytes.length / samples.length;
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      if (isPossible[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] === 0) continue;
      for (const window of [windowAt(bytes, at), openWindowAt(bytes, at)])
        if (windows.has(window)) rates.set(window, (rates.get(window) ?? 0) + one);
    }
  }
  return rates;
}

/** Four bytes as one number. */
export function windowAt(bytes: Uint8Array, at: number): number {
  return threeAt(bytes, at) + (bytes[at + 3] ?? 0) * 2 ** 24;
}

/** Three bytes with anything after them. */
export function openWindowAt(bytes: Uint8Array, at: number): number {
  return threeAt(bytes, at) + ANYTHING * 2 ** 24;
}

function threeAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

export function byteOf(window: number, byte: number): number {
  return byte === 3 ? Math.floor(window / 2 ** 24) : (window >>> (8 * byte)) & 255;
}
