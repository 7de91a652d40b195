/** How a reader of packs is asked for objects: one record each, with everything it needs to find it. */
import type { ObjectTable, PackPlaces } from "../../objects/index.ts";
import { NONE } from "../../objects/index.ts";

/** After the id: offset in the pack, length there, depth in its chain, number of the pack, and whether it is wanted. */
const FIELDS = 8 + 4 + 4 + 2 + 2;

/** Records of requests that lie one after the other. */
export class PackRequests {
  readonly idBytes: number;
  readonly #bytes: Buffer;
  readonly #recordBytes: number;

  constructor(bytes: Buffer, idBytes: number) {
    this.#bytes = bytes;
    this.idBytes = idBytes;
    this.#recordBytes = PackRequests.recordBytes(idBytes);
  }

  /** How many whole records there are. */
  get count(): number {
    return Math.floor(this.#bytes.length / this.#recordBytes);
  }

  static recordBytes(idBytes: number): number {
    return idBytes + FIELDS;
  }

  idOf(request: number): string {
    const at = request * this.#recordBytes;
    return this.#bytes.toString("hex", at, at + this.idBytes);
  }

  offsetOf(request: number): number {
    return this.#bytes.readDoubleLE(this.#fields(request));
  }

  lengthOf(request: number): number {
    return this.#bytes.readUInt32LE(this.#fields(request) + 8);
  }

  depthOf(request: number): number {
    return this.#bytes.readUInt32LE(this.#fields(request) + 12);
  }

  packOf(request: number): number {
    return this.#bytes.readUInt16LE(this.#fields(request) + 16);
  }

  /** False for one that is only unpacked, as a base of others. */
  isWanted(request: number): boolean {
    return this.#bytes.readUInt16LE(this.#fields(request) + 18) === 1;
  }

  #fields(request: number): number {
    return (request + 1) * this.#recordBytes - FIELDS;
  }
}

/** Writes requests. Each object is asked for after its base; where a chain was cut, the bases come again, unwanted. */
export class PackRequestWriter {
  readonly #table: ObjectTable;
  readonly #places: PackPlaces;
  /** The objects from the root of the present chain to the last. */
  readonly #chain: number[] = [];
  #records: Buffer = Buffer.alloc(0);
  #length = 0;

  constructor(table: ObjectTable, places: PackPlaces) {
    this.#table = table;
    this.#places = places;
  }

  write(numbers: Uint32Array): Buffer {
    this.#records = Buffer.allocUnsafe(numbers.length * PackRequests.recordBytes(this.#table.idBytes));
    this.#length = 0;
    for (const number of numbers) this.#add(number);
    return this.#records.subarray(0, this.#length);
  }

  #add(number: number): void {
    const chain = this.#chain;
    const base = this.#table.baseOf(number);
    if (base === NONE) {
      chain.length = 0;
    } else {
      while (chain.length > 0 && chain.at(-1) !== base) chain.pop();
      if (chain.length === 0) this.#addBases(base);
    }
    this.#put(number, chain.length, true);
    chain.push(number);
  }

  /** A chain may be longer than calls can be nested. */
  #addBases(last: number): void {
    const bases: number[] = [];
    for (let at = last; at !== NONE; at = this.#table.baseOf(at)) bases.push(at);
    for (const base of bases.toReversed()) {
      this.#put(base, this.#chain.length, false);
      this.#chain.push(base);
    }
  }

  #put(number: number, depth: number, isWanted: boolean): void {
    const size = PackRequests.recordBytes(this.#table.idBytes);
    if (this.#length + size > this.#records.length)
      this.#records = Buffer.concat([this.#records, Buffer.alloc(64 * size + this.#length)]);

    this.#table.copyId(number, this.#records, this.#length);
    const at = this.#length + this.#table.idBytes;
    this.#records.writeDoubleLE(this.#places.offsetOf(number), at);
    this.#records.writeUInt32LE(this.#table.packedBytes(number), at + 8);
    this.#records.writeUInt32LE(depth, at + 12);
    this.#records.writeUInt16LE(this.#places.packOf(number), at + 16);
    this.#records.writeUInt16LE(isWanted ? 1 : 0, at + 18);
    this.#length += size;
  }
}
