/**
 * Searches one file and everything packed inside it. Each file, at any depth, is searched separately, so lines and columns
 * count within it. A container's own bytes are searched too; a finding that is also in a file inside is reported only
 * there. The whole file shares one work budget. No file is held in memory completely.
 */
import { createDetector, detectWithin } from "../../detect/index.ts";
import type { Detected, Detection, Detector, DetectorBounds } from "../../detect/index.ts";
import { entryPath } from "../../domain/index.ts";
import { unpack } from "../../unpack/index.ts";
import type { Containment, FileVisitor, RandomAccess, UnopenedReason } from "../../unpack/index.ts";
import { shownName } from "./entry-name.ts";

/** Findings reported for one file with everything packed in it. */
const MAX_DETECTIONS = 20_000;
/** Unopened containers that are named; the rest is left out. */
const MAX_UNOPENED = 100;
/** The shortest credential is longer, so a shorter name contains none. */
const SHORTEST_NAME = 16;

/** What was found in one file: the outer one, or one inside of it. */
export interface SearchedFile {
  /** As it may be shown: `outer.zip!inner/file`. */
  readonly path: string;
  readonly isInner: boolean;
  readonly place: "content" | "path";
  readonly detected: Detected;
}

/** A container whose bytes were searched as they are. */
export interface Unopened {
  readonly path: string;
  readonly reason: UnopenedReason;
}

export interface FileSearch {
  readonly files: readonly SearchedFile[];
  readonly unopened: readonly Unopened[];
  /** Why parts were not read, one short sentence each. */
  readonly notRead: readonly string[];
  /** There are more findings than are reported for one file. */
  readonly isCut: boolean;
  readonly isOverBudget: boolean;
}

/**
 * @param path of the file, as context and for the names of what is inside
 * @param shownPath the same path, as it may be shown
 * @throws what `access` throws
 */
export async function searchFile(
  access: RandomAccess,
  path: string,
  shownPath: string,
  now: Date,
  bounds: DetectorBounds,
): Promise<FileSearch> {
  const search = new Search(now, bounds);
  const root = new Visitor(
    search,
    { path, shown: shownPath, container: path, shownContainer: shownPath },
    null,
  );
  await unpack(access, path.slice(path.lastIndexOf("/") + 1), root);
  return search.finish();
}

/** State shared by all visitors of one file. */
class Search {
  readonly now: Date;
  readonly bounds: DetectorBounds;
  readonly visitors: Visitor[] = [];
  readonly names: SearchedFile[] = [];
  readonly notRead = new Set<string>();
  readonly unopened = new Map<string, Unopened>();
  isCut = false;
  isOverBudget = false;
  #found = 0;

  constructor(now: Date, bounds: DetectorBounds) {
    this.now = now;
    this.bounds = bounds;
  }

  /** Keeps findings, as far as there is room. */
  take(detected: Detected): Detected {
    this.isOverBudget ||= detected.overBudget === true;
    const room = MAX_DETECTIONS - this.#found;
    this.isCut ||= detected.truncated === true || detected.detections.length > room;
    const detections = detected.detections.slice(0, room);
    this.#found += detections.length;
    return { ...detected, detections };
  }

  finish(): FileSearch {
    const files: SearchedFile[] = [];
    // A file comes after its container.
    for (const visitor of this.visitors.toReversed()) {
      const file = visitor.finish();
      if (file !== null) files.push(file);
    }
    return {
      files: [...files.reverse(), ...this.names],
      unopened: [...this.unopened.values()],
      notRead: [...this.notRead],
      isCut: this.isCut,
      isOverBudget: this.isOverBudget,
    };
  }
}

interface Paths {
  readonly path: string;
  readonly shown: string;
  /** The container to which the path of an inner file refers: compression alone is not a container. */
  readonly container: string;
  readonly shownContainer: string;
}

class Visitor implements FileVisitor {
  readonly #search: Search;
  readonly #paths: Paths;
  readonly #parent: Visitor | null;
  /** A copy of the first chunk, which usually is the whole file. */
  #only: Uint8Array | null = null;
  #detector: Detector | null = null;
  #detected: Detected | null = null;
  /** Fingerprints found further inside. */
  readonly #inside = new Set<string>();
  #hasChildren = false;

  constructor(search: Search, paths: Paths, parent: Visitor | null) {
    this.#search = search;
    this.#paths = paths;
    this.#parent = parent;
    search.visitors.push(this);
  }

  push(chunk: Uint8Array): void {
    if (this.#detector === null && this.#only === null) {
      this.#only = chunk.slice();
      return;
    }
    this.#detector ??= this.#createDetector();
    this.#detector.push(chunk);
  }

  #createDetector(): Detector {
    const { now, bounds } = this.#search;
    const detector = createDetector(this.#paths.path, now, bounds);
    if (this.#only !== null) detector.push(this.#only);
    this.#only = null;
    return detector;
  }

  end(): void {
    const { now, bounds } = this.#search;
    const only = this.#only ?? new Uint8Array(0);
    const detected = this.#detector?.finish() ?? detectWithin(only, this.#paths.path, now, bounds);
    this.#detected = this.#search.take(detected);
    this.#detector = null;
    this.#only = null;
  }

  child(name: string, containment: Containment): FileVisitor {
    this.#hasChildren = true;
    const { container, shownContainer } = this.#paths;
    const path = entryPath(container, name);
    const shown = entryPath(shownContainer, shownName(name));
    if (containment === "content")
      return new Visitor(this.#search, { path, shown, container, shownContainer }, this);

    this.#searchName(name, shown);
    return new Visitor(this.#search, { path, shown, container: path, shownContainer: shown }, this);
  }

  unopened(reason: UnopenedReason): void {
    const { unopened } = this.#search;
    const path = this.#paths.shown;
    if (unopened.size < MAX_UNOPENED) unopened.set(`${reason} ${path}`, { path, reason });
  }

  notRead(detail: string): void {
    this.#search.notRead.add(detail);
  }

  /** The findings left to report for the file itself, and to tell its container about. */
  finish(): SearchedFile | null {
    const detected = this.#detected ?? { detections: [], dismissals: [] };
    if (this.#parent !== null) {
      for (const { secret } of detected.detections) this.#parent.#inside.add(secret.fingerprint);
      for (const fingerprint of this.#inside) this.#parent.#inside.add(fingerprint);
    }
    const isNews = ({ secret }: Detection): boolean => !this.#inside.has(secret.fingerprint);
    const detections = detected.detections.filter(isNews);
    const dismissals = this.#hasChildren ? [] : detected.dismissals;
    if (detections.length + dismissals.length === 0) return null;
    const isInner = this.#parent !== null;
    return { path: this.#paths.shown, isInner, place: "content", detected: { detections, dismissals } };
  }

  /** A name is text like any other: a key in it is a leak. */
  #searchName(name: string, shown: string): void {
    if (name.length < SHORTEST_NAME) return;
    const { now, bounds } = this.#search;
    const detected = this.#search.take(detectWithin(Buffer.from(name, "utf8"), null, now, bounds));
    if (detected.detections.length === 0) return;
    this.#search.names.push({ path: shown, isInner: true, place: "path", detected });
    for (const { secret } of detected.detections) this.#inside.add(secret.fingerprint);
  }
}
