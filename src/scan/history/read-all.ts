/**
 * Reads objects with one pipeline a core: first what is in packs, without git, then with git what is not or could not be
 * read there. Each asks for the next chains whenever git has taken the last, so the cores end
 * together whatever the chains weigh. If git dies on a damaged object, or a reader on one it cannot bear, that object is a
 * gap and the rest goes on.
 */
import { availableParallelism } from "node:os";
import { gapOf } from "../../domain/index.ts";
import type { Gap } from "../../domain/index.ts";
import { canSift } from "../../detect/index.ts";
import { NONE } from "../../objects/index.ts";
import type { ReaderMessage } from "./message.ts";
import type { ReadProgress, ReadRequest } from "./read-request.ts";
import { runPackPipeline, runPipeline } from "./run-pipeline.ts";

/** Objects that one request asks for, at least: more if a chain would be cut. */
const REQUEST_OBJECTS = 2048;
/** A chain longer than this is cut. */
const MAX_REQUEST_OBJECTS = 16 * REQUEST_OBJECTS;
/** Objects that may end a pipeline; after that the rest is one gap. Each costs the start of two processes. */
const MAX_FAILURES = 100;

const STOPPED = gapOf({ reason: "timeout", detail: "stopped before everything was read" });
const TOO_DAMAGED = gapOf({
  reason: "git_failed",
  detail: "too many objects are damaged; the rest was not read",
});

export interface ReadResult extends ReadProgress {
  readonly gaps: readonly Gap[];
  /** Objects that others name and that are not there, by the beginning of their ids. */
  readonly missing: ReadonlySet<string>;
}

/** Reads all objects of the order. */
export async function readAll(request: ReadRequest): Promise<ReadResult> {
  const reading = new Reading(request);
  const most = request.pipelines ?? availableParallelism();
  const pipelines = async (run: () => Promise<void>): Promise<void> => {
    await Promise.all(Array.from({ length: Math.min(most, reading.requests) }, run));
  };
  if (reading.beginPacks()) await pipelines(() => reading.runPackPipelines());
  reading.beginRest();
  await pipelines(() => reading.runPipelines());
  return reading.finish();
}

class Reading {
  readonly #request: ReadRequest;
  readonly #gaps: Gap[] = [];
  readonly #missing = new Set<string>();
  readonly #totalPacked: number;
  /** What is read in the present step. */
  #order: Uint32Array;
  /** Whether an object was left to git. */
  #isLeft: Uint8Array | null = null;
  #packed = 0;
  #next = 0;
  #failures = 0;
  #objects = 0;
  #blobs = 0;
  #bytes = 0;

  constructor(request: ReadRequest) {
    this.#request = request;
    this.#order = request.order.order;
    let total = 0;
    for (let number = 0; number < request.table.count; number++) total += request.table.packedBytes(number);
    this.#totalPacked = total;
  }

  /** Turns to what is in packs. False if nothing is, or this machine cannot read it. */
  beginPacks(): boolean {
    const { order, places = null, table } = this.#request;
    if (places === null || !canSift()) return false;
    this.#order = order.order.filter((number) => places.has(number));
    const isLeft = new Uint8Array(table.count);
    for (let number = 0; number < table.count; number++) isLeft[number] = places.has(number) ? 0 : 1;
    this.#isLeft = isLeft;
    return this.#hasMore;
  }

  /** Turns to what is left. */
  beginRest(): void {
    const isLeft = this.#isLeft;
    if (isLeft === null) return;
    for (const number of this.#order.subarray(this.#next)) isLeft[number] = 1;
    this.#order = this.#request.order.order.filter((number) => isLeft[number] === 1);
    this.#next = 0;
    this.#failures = 0;
  }

  async runPackPipelines(): Promise<void> {
    const { signal, places, table } = this.#request;
    if (places === undefined || places === null) return;
    while (!signal.aborted && this.#failures <= MAX_FAILURES && this.#hasMore) {
      const { isComplete, unread } = await runPackPipeline(this.#request, places, {
        next: () => this.#nextNumbers(),
        take: (message) => this.#take(message),
        took: (number) => {
          if (this.#isLeft?.[number] !== 1) this.#packed += table.packedBytes(number);
        },
        reference: (low, high) => this.#takeReference(low, high),
      });
      for (const number of unread) this.#leave(number);
      if (!isComplete) this.#failures += 1;
    }
  }

  /** Runs one pipeline after another until no objects are left; usually one is enough. */
  async runPipelines(): Promise<void> {
    const { signal } = this.#request;
    /** What a pipeline was asked for and did not read, because it died. */
    let left: Uint32Array = new Uint32Array(0);
    /** Whether to read those one by one, to see which object it dies of. */
    let isSearching = false;
    while (!signal.aborted && this.#failures <= MAX_FAILURES && (left.length > 0 || this.#hasMore)) {
      let again: Uint32Array | null = left.length === 0 ? null : left;
      const { isComplete, unread } = await runPipeline(this.#request, isSearching, {
        next: () => {
          const numbers = again ?? (isSearching ? null : this.#nextNumbers());
          again = null;
          return numbers;
        },
        take: (message) => this.#take(message),
        took: (number) => (this.#packed += this.#request.table.packedBytes(number)),
        reference: (low, high) => this.#takeReference(low, high),
      });
      left = again ?? unread;
      if (isComplete || signal.aborted) isSearching = false;
      else if (isSearching) left = this.#giveUpFirst(left);
      else isSearching = true;
    }
  }

  finish(): ReadResult {
    const { signal } = this.#request;
    const unread = this.#order.length - this.#next;
    const { aborted } = signal;
    if (aborted || unread > 0 || this.#failures > MAX_FAILURES)
      this.#gaps.push(aborted ? STOPPED : TOO_DAMAGED);
    return { ...this.#progress(), gaps: this.#gaps, missing: this.#missing };
  }

  /** How many requests are left: more pipelines than that would have nothing to do. */
  get requests(): number {
    return Math.ceil((this.#order.length - this.#next) / REQUEST_OBJECTS);
  }

  get #hasMore(): boolean {
    return this.#next < this.#order.length;
  }

  /** The next chains. Null at the end. */
  #nextNumbers(): Uint32Array | null {
    const order = this.#order;
    const { table } = this.#request;
    const startsChain = (at: number): boolean => table.baseOf(order[at] ?? 0) === NONE;
    const from = this.#next;
    if (from >= order.length) return null;
    let to = Math.min(order.length, from + REQUEST_OBJECTS);
    while (to < order.length && !startsChain(to) && to - from < MAX_REQUEST_OBJECTS) to += 1;
    this.#next = to;
    return order.subarray(from, to);
  }

  #giveUpFirst(left: Uint32Array): Uint32Array {
    const [number] = left;
    this.#failures += 1;
    if (number === undefined) return left;
    const { table } = this.#request;
    const id = table.idOf(number);
    const detail = `the ${table.typeOf(number)} ${id.slice(0, 12)} is damaged`;
    this.#gaps.push(gapOf({ reason: "git_failed", detail, blob: id }));
    return left.subarray(1);
  }

  #take(message: ReaderMessage): void {
    if (message.kind === "left") {
      this.#leave(this.#request.table.findHex(message.id));
      return;
    }
    if (message.kind !== "read") {
      this.#request.take(message);
      return;
    }
    this.#objects += message.objects;
    this.#blobs += message.blobs;
    this.#bytes += message.bytes;
    this.#request.onProgress(this.#progress());
  }

  #leave(number: number): void {
    if (this.#isLeft !== null && number !== NONE) this.#isLeft[number] = 1;
  }

  #takeReference(low: number, high: number): void {
    if (this.#request.table.hasReference(low, high)) return;
    const words = Buffer.alloc(8);
    words.writeInt32LE(low, 0);
    words.writeInt32LE(high, 4);
    this.#missing.add(words.toString("hex"));
  }

  #progress(): ReadProgress {
    const share = this.#totalPacked === 0 ? 1 : Math.min(1, this.#packed / this.#totalPacked);
    return { objects: this.#objects, blobs: this.#blobs, bytes: this.#bytes, share };
  }
}
