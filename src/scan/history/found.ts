/** Collects what the readers report, object by object. */
import { CONFIDENCES, gapOf } from "../../domain/index.ts";
import type { Finding, Gap } from "../../domain/index.ts";
import { pathNamesStripe } from "../../detect/index.ts";
import type { ObjectType } from "../../objects/index.ts";
import type { Hit, ObjectMessage, ReaderMessage } from "./message.ts";

/** Hits of all objects that are kept; more is a gap. Bounds memory if every file is full of keys. */
const MAX_HITS = 500_000;

type UnreadMessage = Extract<ReaderMessage, { kind: "gap" }>;
type UnopenedMessage = Extract<ReaderMessage, { kind: "unopened" }>;

export class FoundObjects {
  /** Hits by the object that holds them. */
  readonly #hits = new Map<string, Hit[]>();
  readonly types = new Map<string, ObjectType>();
  readonly unread: UnreadMessage[] = [];
  readonly unopened: UnopenedMessage[] = [];
  readonly pointers: string[] = [];
  /** Blobs to read again as compressed with brotli. */
  readonly brotli = new Set<string>();
  readonly submodules = new Set<string>();
  #count = 0;
  #isCut = false;

  get hits(): ReadonlyMap<string, readonly Hit[]> {
    return this.#hits;
  }

  take(message: ObjectMessage): void {
    switch (message.kind) {
      case "found":
        this.#addHits(message.id, message.type, message.hits);
        break;
      case "gap":
        this.unread.push(message);
        break;
      case "unopened":
        this.unopened.push(message);
        break;
      case "brotli":
        this.brotli.add(message.id);
        break;
      case "pointer":
        this.pointers.push(message.id);
        break;
      case "submodule":
        this.submodules.add(message.name);
        break;
    }
  }

  /** Whether there is nothing to place. */
  get isEmpty(): boolean {
    return this.hits.size + this.unread.length + this.unopened.length === 0;
  }

  /** Whether an object of this type holds a hit. */
  has(type: ObjectType): boolean {
    return this.types.values().some((each) => each === type);
  }

  ofType(type: ObjectType): readonly (readonly [string, readonly Hit[]])[] {
    return [...this.hits].filter(([id]) => this.types.get(id) === type);
  }

  /** Files that hold something, wherever they are, with the fingerprints. */
  holders(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      this.ofType("blob").map(([id, hits]) => [
        id,
        [...new Set(hits.map(({ finding }) => finding.fingerprint))],
      ]),
    );
  }

  /** Ids of blobs whose paths are of interest. */
  blobs(): ReadonlySet<string> {
    const unread = this.unread.filter(({ type }) => type === "blob").map(({ id }) => id);
    return new Set([...this.ofType("blob").map(([id]) => id), ...unread]);
  }

  gaps(): readonly Gap[] {
    if (!this.#isCut) return [];
    const detail = `more than ${MAX_HITS.toLocaleString("en-US")}; the others are not listed`;
    return [gapOf({ reason: "too_many_findings", detail })];
  }

  #addHits(id: string, type: ObjectType, hits: readonly Hit[]): void {
    if (this.#count >= MAX_HITS) {
      this.#isCut = true;
      return;
    }
    this.#count += hits.length;
    // A tree or commit is reported once for each of its texts.
    const known = this.#hits.get(id);
    if (known === undefined) this.#hits.set(id, [...hits]);
    else for (const hit of hits) known.push(hit);
    this.types.set(id, type);
  }
}

/** What a hit is worth in a file at a path; null if it is no finding there. */
export function findingAt(hit: Hit, path: string): Finding | null {
  const confidence = pathNamesStripe(path) ? hit.finding.confidence : hit.confidenceElsewhere;
  return confidence === null ? null : { ...hit.finding, confidence };
}

/** The finding of higher confidence, or the first. */
export function surer(first: Finding, second: Finding): Finding["confidence"] {
  return CONFIDENCES.indexOf(first.confidence) <= CONFIDENCES.indexOf(second.confidence)
    ? first.confidence
    : second.confidence;
}
