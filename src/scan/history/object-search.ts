/**
 * Searches the objects of a history as they come out of git. Nearly all of them hold no anchor, and a batch of them is
 * done with in one look. A blob's path is not known yet, only that it may name Stripe, so a hit says what it is worth with
 * and without such a path.
 */
import {
  createDetector,
  detectWithin,
  noWork,
  redactText,
  toFinding,
  whichMayHoldCredential,
} from "../../detect/index.ts";
import type { Detected, Detection, DetectorBounds } from "../../detect/index.ts";
import type { Place } from "../../domain/index.ts";
import { namesInTree, parseCommit, walkTree } from "../../objects/index.ts";
import type {
  LargeObject,
  ObjectType,
  ObjectVisitor,
  ReadObject,
  References,
  TreeVisitor,
} from "../../objects/index.ts";
import { formatOf, HEAD_BYTES, inMemory } from "../../unpack/index.ts";
import type { RandomAccess } from "../../unpack/index.ts";
import { searchFile } from "../detection/search-file.ts";
import type { FileSearch } from "../detection/search-file.ts";
import type { Hit, ReaderMessage } from "./message.ts";
import type { ReaderOptions } from "./reader-options.ts";
import { withSpooled } from "./spool.ts";

/** Stand for any path that names Stripe, and for any other. */
const PATHS = { stripe: "stripe", other: "" };
const BROTLI_PATHS = { stripe: "stripe.br", other: ".br" };
/** The end of the name of a file that is compressed with brotli, in a tree. */
const BROTLI_NAME = Buffer.from(".br\0");
/** The shortest credential is longer, so a shorter name holds none. */
const SHORTEST_NAME = 16;
/** Bytes after which a reader says how far it came. */
const REPORT_BYTES = 8 << 20;
/** Submodules that are named; the rest is left out. */
const MAX_SUBMODULES = 100;

const POINTER = Buffer.from("version https://git-lfs.github.com/spec/v1\n");
/** By the specification of Git LFS: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const MAX_POINTER_BYTES = 1024;

const LINE_FEED = 0x0a;
const LETTER_R = 0x72;
const TREE_LINE = Buffer.from("tree ");
const PARENT_LINE = Buffer.from("parent ");
const OBJECT_LINE = Buffer.from("object ");

type Send = (message: ReaderMessage) => void;

export class ObjectSearch implements ObjectVisitor {
  readonly #options: ReaderOptions;
  readonly #now: Date;
  readonly #references: References;
  readonly #send: Send;
  readonly #submodules = new Set<string>();
  readonly #brotli = new Set<string>();
  readonly #paths: typeof PATHS;
  readonly #treeVisitor: TreeVisitor;
  #idBytes = 20;
  #objects = 0;
  #left = 0;
  #blobs = 0;
  #bytes = 0;

  constructor(options: ReaderOptions, references: References, send: Send) {
    this.#options = options;
    this.#now = new Date(options.now);
    this.#paths = options.brotli ? BROTLI_PATHS : PATHS;
    this.#references = references;
    this.#send = send;
    this.#treeVisitor = {
      id: (bytes, at) => {
        references.add(bytes, at);
        if (bytes[at - 2] === LETTER_R && isAt(bytes, at - BROTLI_NAME.length, BROTLI_NAME))
          this.#addBrotli(bytes, at);
      },
      submodule: (bytes, start, end) => this.#addSubmodule(bytes, start, end),
    };
  }

  async batch(objects: readonly ReadObject[]): Promise<void> {
    if (!this.#options.singly) {
      await this.#search(objects);
      return;
    }
    for (const object of objects) {
      await this.#search([object]);
      this.report();
    }
  }

  async large({ id, type, size, pieces }: LargeObject): Promise<void> {
    if (type === "tree") {
      this.#send({ kind: "gap", id, type, reason: "too_large", detail: "a folder with millions of names" });
    } else {
      const { head, all } = headOf(pieces);
      if (type === "blob" && formatOf(head, this.#paths.other) !== null)
        await withSpooled(all, this.#options.temporary, (access) => this.#searchArchive(id, access));
      else this.#searchPieces(id, type, all);
    }
    this.count(type, size);
    this.report();
  }

  missing(id: string): void {
    this.#send({ kind: "gap", id, type: "blob", reason: "unavailable", detail: "git could not look it up" });
    this.count("tree", 0);
  }

  /** Says how far the reader came. */
  report(): void {
    const [objects, blobs, bytes, left] = [this.#objects, this.#blobs, this.#bytes, this.#left];
    if (objects + left > 0) this.#send({ kind: "read", objects, blobs, bytes, left });
    this.#objects = 0;
    this.#left = 0;
    this.#blobs = 0;
    this.#bytes = 0;
  }

  /** Searches one object; a promise only where there is work to wait for: most are done with at once. */
  take(object: ReadObject, mayHold: boolean): Promise<void> | null {
    switch (object.type) {
      case "blob":
        this.count("blob", object.bytes.length);
        return this.#searchBlob(object, mayHold);
      case "tree":
        this.takeTree(object, mayHold, false);
        return null;
      case "commit":
      case "tag":
        this.count(object.type, object.bytes.length);
        this.#searchMessage(object, mayHold);
        return null;
    }
  }

  /** @param isWalked what it names was passed on already */
  takeTree(tree: ReadObject, mayHold: boolean, isWalked: boolean): void {
    this.count("tree", tree.bytes.length);
    if (!isWalked) this.#walkTree(tree);
    if (mayHold) this.#searchNames(tree);
  }

  /** Counts an object that was read. */
  count(type: ObjectType, bytes: number): void {
    // What is reported was done with before: the object that is counted now comes with the next report.
    if (this.#bytes > REPORT_BYTES) this.report();
    this.#objects += 1;
    this.#blobs += type === "blob" ? 1 : 0;
    this.#bytes += bytes;
  }

  /** Counts one that was asked for and is left to another reader. */
  leave(): void {
    this.#left += 1;
  }

  async #search(objects: readonly ReadObject[]): Promise<void> {
    const may = whichMayHoldCredential(objects.map((object) => object.bytes));
    for (const [index, object] of objects.entries()) {
      const searching = this.take(object, may[index] ?? true);
      if (searching !== null) await searching;
    }
  }

  #searchBlob(blob: ReadObject, mayHold: boolean): Promise<void> | null {
    const { bytes } = blob;
    if (formatOf(bytes, this.#paths.other) !== null) return this.#searchArchive(blob.id, inMemory(bytes));
    if (isPointer(bytes)) this.#send({ kind: "pointer", id: blob.id });
    if (mayHold) this.#searchFile(blob);
    return null;
  }

  #searchFile({ id, bytes }: ReadObject): void {
    const named = detectWithin(bytes, this.#paths.stripe, this.#now, this.#bounds());
    if (isNothing(named)) return;
    const other = detectWithin(bytes, this.#paths.other, this.#now, this.#bounds());
    this.#sendDetected(id, "blob", "content", named, other);
  }

  #walkTree({ bytes, id, idDigits }: ReadObject): void {
    this.#idBytes = idDigits / 2;
    if (walkTree(bytes, this.#idBytes, this.#treeVisitor)) return;
    const detail = "a folder's list is malformed";
    this.#send({ kind: "gap", id, type: "tree", reason: "unreadable", detail });
  }

  #searchNames(tree: ReadObject): void {
    for (const name of namesInTree(tree.bytes, tree.idDigits / 2, SHORTEST_NAME)) {
      const detected = detectWithin(name, null, this.#now, this.#bounds());
      if (!isNothing(detected)) this.#sendDetected(tree.id, "tree", "path", detected, detected);
    }
  }

  #searchMessage(object: ReadObject, mayHold: boolean): void {
    this.#addHeaderReferences(object.bytes, object.idDigits);
    if (mayHold) this.#searchTexts(object);
  }

  #searchTexts({ id, type, bytes }: ReadObject): void {
    const { message, people } = parseCommit(bytes);
    const texts: readonly (readonly [Place, string])[] = [
      [type === "tag" ? "tag_message" : "commit_message", message],
      [type === "tag" ? "tag_message" : "author", people],
    ];
    for (const [place, text] of texts) {
      const detected = detectWithin(Buffer.from(text, "utf8"), null, this.#now, this.#bounds());
      if (!isNothing(detected)) this.#sendDetected(id, type, place, detected, detected);
    }
  }

  /** The ids at the beginning of a commit or tag. */
  #addHeaderReferences(bytes: Uint8Array, digits: number): void {
    for (let at = 0; ;) {
      const line = [TREE_LINE, PARENT_LINE, OBJECT_LINE].find((each) => isAt(bytes, at, each));
      if (line === undefined) return;
      const start = at + line.length;
      this.#references.add(Buffer.from(latin1(bytes, start, start + digits), "hex"), 0);
      at = start + digits + 1;
      if (bytes[at - 1] !== LINE_FEED) return;
    }
  }

  async #searchArchive(id: string, access: RandomAccess): Promise<void> {
    const search = (path: string): Promise<FileSearch> =>
      searchFile(access, path, path, this.#now, this.#bounds());
    const named = await search(this.#paths.stripe);
    for (const { path, reason } of named.unopened)
      this.#send({ kind: "unopened", id, inside: path.slice(this.#paths.stripe.length), reason });

    for (const detail of named.notRead)
      this.#send({ kind: "gap", id, type: "blob", reason: "too_large", detail });
    if (named.isCut) this.#sendTooMany(id, "blob");
    if (named.isOverBudget) this.#sendTooMuchWork(id, "blob");
    if (named.files.every((file) => file.detected.detections.length === 0)) return;
    const other = await search(this.#paths.other);
    const hits = hitsOf(
      named.files.flatMap((file) =>
        placed(file.detected, file.path.slice(this.#paths.stripe.length), file.place),
      ),
      other.files.flatMap((file) =>
        placed(file.detected, file.path.slice(this.#paths.other.length), file.place),
      ),
    );
    if (hits.length > 0) this.#send({ kind: "found", id, type: "blob", hits });
  }

  #searchPieces(id: string, type: ReadObject["type"], pieces: Iterable<Uint8Array>): void {
    const place = type === "blob" ? "content" : type === "tag" ? "tag_message" : "commit_message";
    const named = createDetector(type === "blob" ? this.#paths.stripe : null, this.#now, this.#bounds());
    const other = type === "blob" ? createDetector(this.#paths.other, this.#now, this.#bounds()) : null;
    for (const piece of pieces) {
      named.push(piece);
      other?.push(piece);
    }
    const detected = named.finish();
    this.#sendDetected(id, type, place, detected, other?.finish() ?? detected);
  }

  #sendDetected(id: string, type: ReadObject["type"], place: Place, named: Detected, other: Detected): void {
    if (named.truncated === true) this.#sendTooMany(id, type);
    if (named.overBudget === true) this.#sendTooMuchWork(id, type);
    const hits = hitsOf(placed(named, "", place), placed(other, "", place));
    if (hits.length > 0) this.#send({ kind: "found", id, type, hits });
  }

  #sendTooMany(id: string, type: ReadObject["type"]): void {
    const detail = "the others in this file are not listed";
    this.#send({ kind: "gap", id, type, reason: "too_many_findings", detail });
  }

  #sendTooMuchWork(id: string, type: ReadObject["type"]): void {
    const detail = "searching it takes more work than one file is given";
    this.#send({ kind: "gap", id, type, reason: "too_large", detail });
  }

  #addBrotli(bytes: Uint8Array, at: number): void {
    const id = Buffer.from(bytes.subarray(at, at + this.#idBytes)).toString("hex");
    if (this.#brotli.has(id)) return;
    this.#brotli.add(id);
    this.#send({ kind: "brotli", id });
  }

  #addSubmodule(bytes: Uint8Array, start: number, end: number): void {
    if (this.#submodules.size >= MAX_SUBMODULES) return;
    const name = redactText(Buffer.from(bytes.subarray(start, end)).toString("utf8"));
    if (this.#submodules.has(name)) return;
    this.#submodules.add(name);
    this.#send({ kind: "submodule", name });
  }

  #bounds(): DetectorBounds {
    return { work: noWork(), budget: this.#options.budget ?? Infinity };
  }
}

/** A detection with its place in an object. */
interface PlacedDetection {
  readonly detection: Detection;
  readonly inside: string;
  readonly place: Place;
}

function placed(detected: Detected, inside: string, place: Place): readonly PlacedDetection[] {
  return detected.detections.map((detection) => ({ detection, inside, place }));
}

/** @param named detections under a path that names Stripe; @param other those under any other */
function hitsOf(named: readonly PlacedDetection[], other: readonly PlacedDetection[]): Hit[] {
  const elsewhere = new Map(other.map((each) => [keyOf(each), each.detection.confidence]));
  const seen = new Set(named.map(keyOf));
  return [...named, ...other.filter((each) => !seen.has(keyOf(each)))].map((each) => ({
    finding: toFinding(each.detection, { place: each.place, commit: null, path: null }),
    inside: each.inside,
    confidenceElsewhere: elsewhere.get(keyOf(each)) ?? null,
  }));
}

function keyOf({ detection, inside }: PlacedDetection): string {
  return `${detection.kind} ${detection.secret.fingerprint} ${detection.line}:${detection.column} ${inside}`;
}

function isNothing({ detections, truncated, overBudget }: Detected): boolean {
  return detections.length === 0 && truncated !== true && overBudget !== true;
}

function isPointer(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_POINTER_BYTES && isAt(bytes, 0, POINTER);
}

function isAt(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  if (at + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", from, to);
}

/** The first bytes, which tell the format, and all of them again. */
function headOf(pieces: Iterable<Uint8Array>): {
  readonly head: Uint8Array;
  readonly all: Iterable<Uint8Array>;
} {
  let head: Uint8Array = new Uint8Array(0);
  for (const piece of pieces) {
    head = Buffer.concat([head, piece]);
    if (head.length >= HEAD_BYTES) break;
  }
  return {
    head: head.subarray(0, HEAD_BYTES),
    all: (function* () {
      yield head;
      yield* pieces;
    })(),
  };
}
