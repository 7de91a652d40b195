/**
 * Reads objects with one pipeline a core. Each asks for the next chains whenever git has taken the last, so the cores end
 * together whatever the chains weigh. If git dies on a damaged object, or a reader on one it cannot bear, that object is a
 * gap and the rest goes on.
 */
import { availableParallelism } from "node:os";
import { gapOf } from "../../domain/index.ts";
import type { Gap } from "../../domain/index.ts";
import type { ReaderMessage } from "./message.ts";
import type { ReadProgress, ReadRequest } from "./read-request.ts";
import { runPipeline } from "./run-pipeline.ts";

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
  const count = request.pipelines ?? availableParallelism();
  await Promise.all(Array.from({ length: count }, () => reading.runPipelines()));
  return reading.finish();
}

class Reading {
  readonly #request: ReadRequest;
  readonly #gaps: Gap[] = [];
  readonly #missing = new Set<string>();
  readonly #totalPacked: number;
  #packed = 0;
  #next = 0;
  #failures = 0;
  #objects = 0;
  #blobs = 0;
  #bytes = 0;

  constructor(request: ReadRequest) {
    this.#request = request;
    let total = 0;
    for (let number = 0; number < request.table.count; number++) total += request.table.packedBytes(number);
    this.#totalPacked = total;
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
    const { signal, order } = this.#request;
    const unread = order.order.length - this.#next;
    const { aborted } = signal;
    if (aborted || unread > 0 || this.#failures > MAX_FAILURES)
      this.#gaps.push(aborted ? STOPPED : TOO_DAMAGED);
    return { ...this.#progress(), gaps: this.#gaps, missing: this.#missing };
  }

  get #hasMore(): boolean {
    return this.#next < this.#request.order.order.length;
  }

  /** The next chains. Null at the end. */
  #nextNumbers(): Uint32Array | null {
    const { order, startsChain } = this.#request.order;
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
    if (message.kind !== "read") {
      this.#request.take(message);
      return;
    }
    this.#objects += message.objects;
    this.#blobs += message.blobs;
    this.#bytes += message.bytes;
    this.#request.onProgress(this.#progress());
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
