/** Where in which pack each object of a table is, in typed arrays. */

const WORD = 2 ** 32;
const NO_PACK = 0xffff;

export class PackPlaces {
  /** Paths of the packs, by number. */
  readonly packs: string[] = [];
  #low: Uint32Array = new Uint32Array(0);
  #high: Uint8Array = new Uint8Array(0);
  #packs: Uint16Array = new Uint16Array(0);

  /** Makes room for as many objects in all. */
  reserve(count: number): void {
    if (count <= this.#low.length) return;
    const [low, high, packs] = [this.#low, this.#high, this.#packs];
    this.#low = new Uint32Array(count);
    this.#high = new Uint8Array(count);
    this.#packs = new Uint16Array(count).fill(NO_PACK);
    this.#low.set(low);
    this.#high.set(high);
    this.#packs.set(packs);
  }

  set(number: number, pack: number, offset: number): void {
    this.#low[number] = offset % WORD;
    this.#high[number] = offset / WORD;
    this.#packs[number] = pack;
  }

  has(number: number): boolean {
    return (this.#packs[number] ?? NO_PACK) !== NO_PACK;
  }

  packOf(number: number): number {
    return this.#packs[number] ?? NO_PACK;
  }

  offsetOf(number: number): number {
    return (this.#low[number] ?? 0) + (this.#high[number] ?? 0) * WORD;
  }
}
