/**
 * Where credentials came in: the first commit that has one at a path. A commit that moves a file, restores it or edits it
 * elsewhere adds nothing new.
 */
import { detect, redactText, toFinding } from "../../detect/index.ts";
import type { Finding } from "../../domain/index.ts";
import type { FileChange } from "../../source/index.ts";
import { nameWithin } from "../../unpack/index.ts";
import { FoundObjects, findingAt, surer } from "./found.ts";

/** The shortest credential is longer, so a shorter name holds none. */
const SHORTEST_NAME = 16;
const NO_OBJECT = /^0+$/;
/** Names whose findings are kept at once, because the next commits have them too. */
const MAX_NAMES = 200_000;

/** A credential at a path, with the commit that put it there. */
export interface Introduction {
  readonly commit: string;
  readonly finding: Finding;
}

interface Entry {
  readonly commit: string;
  finding: Finding;
}

interface CommitChanges {
  readonly rank: number;
  readonly commit: string;
  readonly changes: readonly FileChange[];
}

/** Which part of a history the changes are. */
export interface ChangedPart {
  /** Whether a blob that a change replaces is from before the part. */
  readonly isEarlier: (blob: string) => boolean;
  /** Whether some name in it may hold a credential. */
  readonly hasNames: boolean;
}

export class Introductions {
  readonly #found: FoundObjects;
  readonly #now: Date;
  readonly #part: ChangedPart;
  /** What files held before the part of the history that is read; nothing where all of it is. */
  #earlier = new FoundObjects();
  readonly #earlierNames = new Map<string, Finding>();
  readonly #blobs: ReadonlySet<string>;
  readonly #commits: CommitChanges[] = [];
  readonly #names = new Map<string, readonly Finding[]>();
  /** The first known place of each blob, for gaps. */
  readonly #places = new Map<
    string,
    { readonly rank: number; readonly commit: string; readonly path: string }
  >();

  constructor(found: FoundObjects, now: Date, part: ChangedPart) {
    this.#found = found;
    this.#now = now;
    this.#part = part;
    this.#blobs = found.blobs();
  }

  /** Whether a change has to do with what was found. */
  wants({ path, before, after }: FileChange): boolean {
    if (this.#blobs.has(after) || before.some((id) => this.#blobs.has(id))) return true;
    // A file that is moved from where it was earlier.
    if (NO_OBJECT.test(after) && before.some((id) => this.#isEarlier(id))) return true;
    return this.#part.hasNames && !NO_OBJECT.test(after) && this.#nameFindings(path).length > 0;
  }

  add(rank: number, commit: string, changes: readonly FileChange[]): void {
    this.#commits.push({ rank, commit, changes });
    for (const { path, after } of changes) {
      const known = this.#places.get(after);
      if (known === undefined || rank < known.rank) this.#places.set(after, { rank, commit, path });
    }
  }

  /** Blobs that the changes replace and that are not part of what is read. */
  earlierBlobs(): ReadonlySet<string> {
    const before = this.#commits.flatMap(({ changes }) => changes.flatMap((change) => change.before));
    return new Set(before.filter((id) => this.#isEarlier(id)));
  }

  /** Tells of a file of a commit before that part: a key in its path is not new. */
  addEarlierPath(path: string): void {
    for (const finding of this.#nameFindings(path)) this.#earlierNames.set(nameKeyOf(finding), finding);
  }

  /** Whether the name of a file or folder held the credential before. */
  wasInName(fingerprint: string): boolean {
    return [...this.#earlierNames.values()].some((finding) => finding.fingerprint === fingerprint);
  }

  /** Tells what those blobs hold: none of it is new where they were. */
  setEarlier(earlier: FoundObjects): void {
    this.#earlier = earlier;
  }

  #isEarlier(id: string): boolean {
    return !NO_OBJECT.test(id) && this.#part.isEarlier(id);
  }

  /** Where a blob came in first; null if no commit has it. */
  placeOf(blob: string): { readonly commit: string; readonly path: string } | null {
    const place = this.#places.get(blob);
    return place === undefined ? null : { commit: place.commit, path: textOf(place.path) };
  }

  /** Every credential at every path, once, at the first commit. */
  list(): readonly Introduction[] {
    const first = this.#earlierEntries();
    const earlier = new Set(first.values());
    for (const { commit, changes } of this.#commits.toSorted((a, b) => a.rank - b.rank)) {
      const removed = this.#removedFrom(changes, first);
      const add = (key: string, finding: Finding): void => {
        const known = first.get(key);
        if (known === undefined) first.set(key, { commit, finding });
        else known.finding = { ...known.finding, confidence: surer(known.finding, finding) };
      };
      for (const { path, after } of changes) {
        if (NO_OBJECT.test(after)) continue;
        const shown = redactText(textOf(path));
        for (const finding of this.#contentFindings(after, path)) {
          const key = keyOf(finding, path);
          const moved = removed.get(keyOf(finding, ""));
          // Known by its old path; later commits that have it here are about the same entry.
          if (moved !== undefined && !first.has(key)) first.set(key, moved);
          add(key, { ...finding, commit, path: shown + shownInside(finding.path ?? "", path) });
        }
        for (const finding of this.#nameFindings(path)) add(nameKeyOf(finding), { ...finding, commit });
      }
    }
    return [...new Set(first.values())].filter((entry) => !earlier.has(entry));
  }

  /** What was at these paths before. */
  #earlierEntries(): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const { commit, changes } of this.#commits) {
      for (const { path, before } of changes) {
        const blobs = before.filter((id) => this.#isEarlier(id));
        for (const finding of blobs.flatMap((id) => this.#contentFindings(id, path)))
          entries.set(keyOf(finding, path), { commit, finding });
      }
    }
    for (const [key, finding] of this.#earlierNames) entries.set(key, { commit: "", finding });
    return entries;
  }

  /** Fingerprints of what a file of the default branch's tip holds, and of its name. */
  fingerprintsIn(path: string, blob: string): readonly string[] {
    return [...this.#contentFindings(blob, path), ...this.#nameFindings(path)].map(
      ({ fingerprint }) => fingerprint,
    );
  }

  /** With the rest of the path, inside of an archive, as their path. */
  #contentFindings(blob: string, path: string): readonly Finding[] {
    const hits = this.#found.hits.get(blob) ?? this.#earlier.hits.get(blob) ?? [];
    return hits.flatMap((hit) => {
      const finding = findingAt(hit, textOf(path));
      return finding === null ? [] : [{ ...finding, path: hit.inside }];
    });
  }

  #nameFindings(path: string): readonly Finding[] {
    if (!this.#part.hasNames || path.length < SHORTEST_NAME) return [];
    const slash = path.lastIndexOf("/");
    const above = slash === -1 ? [] : this.#nameFindings(path.slice(0, slash));
    return [...above, ...this.#findingsOfName(path, slash)];
  }

  /** Of the last name of a path. */
  #findingsOfName(path: string, slash: number): readonly Finding[] {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const name = Buffer.from(path.slice(slash + 1), "latin1");
    const findings =
      name.length < SHORTEST_NAME
        ? []
        : detect(name, null, this.#now).detections.map((detection) =>
            toFinding(detection, { place: "path", commit: null, path: redactText(textOf(path)) }),
          );
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.set(path, findings);
    return findings;
  }

  /** What is known of the files that a commit removes, by what they held: of each credential the first. */
  #removedFrom(
    changes: readonly FileChange[],
    known: ReadonlyMap<string, Entry>,
  ): ReadonlyMap<string, Entry> {
    const removed = new Map<string, Entry>();
    for (const { path, before, after } of changes) {
      if (!NO_OBJECT.test(after)) continue;
      for (const finding of before.flatMap((blob) => this.#contentFindings(blob, path))) {
        const entry = known.get(keyOf(finding, path));
        const key = keyOf(finding, "");
        if (entry !== undefined && !removed.has(key)) removed.set(key, entry);
      }
    }
    return removed;
  }
}

function keyOf({ kind, fingerprint, path: inside }: Finding, path: string): string {
  return `${kind} ${fingerprint} ${path}\0${inside ?? ""}`;
}

/** A compressed file is read without its name, so the name inside of it is made here. */
function shownInside(inside: string, path: string): string {
  return inside === "!" || inside === "!.br" ? `!${redactText(nameWithin(textOf(path)))}` : inside;
}

function nameKeyOf({ path }: Finding): string {
  return `name ${path ?? ""}`;
}

/** Git's bytes as text: a path is UTF-8 as a rule. */
function textOf(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}
