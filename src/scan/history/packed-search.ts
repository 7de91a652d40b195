/**
 * Searches the objects of packs. Nearly all of them are versions of another that differ in a few lines, so only what is
 * new in each is looked at. What cannot be read here is left to git.
 */
import { Sieve } from "../../detect/index.ts";
import type { Sifted } from "../../detect/index.ts";
import { ChainUnpacker, MEMORY_BYTES } from "../../objects/index.ts";
import type { ObjectType, ReadObject } from "../../objects/index.ts";
import type { ObjectSearch } from "./object-search.ts";
import { PackInput } from "./pack-input.ts";
import type { PackRequests } from "./pack-request.ts";

export class PackedSearch {
  readonly #search: ObjectSearch;
  readonly #write: (block: Uint8Array) => void;
  readonly #leave: (id: string) => void;
  readonly #sieve: Sieve;
  readonly #unpacker: ChainUnpacker;
  readonly #input: PackInput;
  /** What each object on the way to the present one holds, by depth. */
  readonly #sifted: Sifted[] = [];

  /**
   * @param write takes ids that trees name
   * @param leave takes the id of an object that was not read
   */
  constructor(
    { packs, idBytes }: { readonly packs: readonly string[]; readonly idBytes: number },
    search: ObjectSearch,
    write: (block: Uint8Array) => void,
    leave: (id: string) => void,
  ) {
    const sieve = Sieve.create(MEMORY_BYTES);
    if (sieve === null) throw new TypeError("This machine has no relaxed SIMD in WebAssembly");
    this.#sieve = sieve;
    this.#search = search;
    this.#write = write;
    this.#leave = leave;
    this.#unpacker = new ChainUnpacker(sieve.memory, idBytes);
    this.#input = new PackInput(sieve.memory.buffer, this.#unpacker.input, packs);
  }

  /** A promise only where there is work to wait for. */
  take(requests: PackRequests, request: number): Promise<void> | null {
    const depth = requests.depthOf(request);
    const isWanted = requests.isWanted(request);
    if (!this.#unpack(requests, request, depth)) {
      if (isWanted) this.#leave(requests.idOf(request));
      return null;
    }
    const sifted = this.#sift(depth);
    this.#sifted[depth] = sifted;
    return isWanted ? this.#take(requests, request, sifted === "likely") : null;
  }

  /** Passes on what waits. */
  flush(): void {
    this.#unpacker.flushNamed(this.#write);
  }

  #unpack(requests: PackRequests, request: number, depth: number): boolean {
    const length = requests.lengthOf(request);
    const source = this.#input.find(requests.packOf(request), requests.offsetOf(request), length);
    if (source === null) {
      this.#unpacker.forget(depth);
      return false;
    }
    const base = this.#sifted[depth - 1] ?? "likely";
    const margin = this.#sieve.marginFor(base === "likely" ? "nothing" : base);
    return this.#unpacker.unpack(depth, source, length, margin);
  }

  #sift(depth: number): Sifted {
    const sieve = this.#sieve;
    const unpacker = this.#unpacker;
    const base = depth === 0 ? "likely" : (this.#sifted[depth - 1] ?? "likely");
    sieve.begin(unpacker.text, unpacker.length, base === "likely" ? "nothing" : base);
    if (base === "likely") {
      sieve.search(0, unpacker.length);
      return sieve.sifted;
    }
    const { partCount } = unpacker;
    for (let part = 0; part < partCount; part++)
      sieve.search(unpacker.partStart(part), unpacker.partEnd(part));

    return sieve.sifted;
  }

  #take(requests: PackRequests, request: number, mayHold: boolean): Promise<void> | null {
    const unpacker = this.#unpacker;
    if (unpacker.type !== "tree") return this.#search.take(this.#objectOf(requests, request), mayHold);
    const isWalked = unpacker.walkTree(this.#write);
    if (isWalked && !mayHold) this.#search.count("tree", unpacker.length);
    else this.#search.takeTree(this.#objectOf(requests, request), mayHold, isWalked);
    return null;
  }

  #objectOf(requests: PackRequests, request: number): ReadObject {
    return new PackedObject(requests, request, this.#unpacker.type, this.#unpacker.bytes);
  }
}

/** Its id becomes text only if it is asked for, which is rare. */
class PackedObject implements ReadObject {
  readonly type: ObjectType;
  readonly bytes: Uint8Array;
  readonly #requests: PackRequests;
  readonly #request: number;

  constructor(requests: PackRequests, request: number, type: ObjectType, bytes: Uint8Array) {
    this.#requests = requests;
    this.#request = request;
    this.type = type;
    this.bytes = bytes;
  }

  get id(): string {
    return this.#requests.idOf(this.#request);
  }

  get idDigits(): number {
    return 2 * this.#requests.idBytes;
  }
}
