/**
 * Which paths a commit changes against each of its parents, from tree objects alone. Ends at the limit on paths, since a
 * small tree that repeats itself can name billions. Content and renames are not looked at.
 */
import { Buffer } from "node:buffer";
import type { GitLimits } from "../process/limits.ts";
import { parseCommit } from "../../../objects/index.ts";
import type { ObjectReader } from "../objects/object-reader.ts";
import { compareEntries, readEntry } from "../objects/tree-entry.ts";
import type { TreeEntry } from "../objects/tree-entry.ts";

/** One side of a changed path; mode `000000` if there is no such path. */
interface Side {
  readonly mode: string;
  readonly blob: string;
}

/** One changed path of a commit, against each parent. A root commit has one side, on which nothing is. */
export interface RawChange extends Side {
  readonly path: string;
  readonly old: readonly Side[];
  /** How much of the old content is left, 0 to 100, where git found that the path was renamed; null otherwise. */
  readonly renamed: number | null;
}

export type RawCommit =
  | { readonly kind: "changes"; readonly sha: string; readonly changes: readonly RawChange[] }
  /** More paths than the limit: a tree that repeats itself can name billions. */
  | { readonly kind: "too_many"; readonly sha: string }
  | { readonly kind: "missing"; readonly sha: string };

const ABSENT: Side = { mode: "000000", blob: "0".repeat(40) };
const MAX_OBJECT_BYTES = 64 * 1024 ** 2;
const CACHED_BYTES = 32 * 1024 ** 2;
/** Nested folders, far more than any file system allows. */
const MAX_DEPTH = 2_000;
const NOTHING = Buffer.alloc(0);

class TooMany extends Error {}
class Missing extends Error {}

/**
 * Compares the trees of commits with those of all their parents, reading only the trees that differ. Git does
 * this as well (`git diff-tree -r -c --raw`), but collects every path before it writes the first, so a
 * small tree that names billions of paths takes all memory; here the walk ends at the limit.
 */
export class TreeDiffer {
  readonly #reader: ObjectReader;
  readonly #maxChanges: number;
  readonly #trees = new Map<string, Buffer>();
  #cachedBytes = 0;

  constructor(reader: ObjectReader, limits: GitLimits) {
    this.#reader = reader;
    this.#maxChanges = limits.filesPerCommit;
  }

  /** The paths in which a commit differs from every parent, in git's order. */
  async changes(sha: string): Promise<RawCommit> {
    try {
      const { tree, parents } = await this.#commit(sha);
      const old = await Promise.all(parents.map(async (parent) => (await this.#commit(parent)).tree));
      const walk = { changes: new Array<RawChange>(), left: this.#maxChanges };
      await this.#compare("", tree, old.length === 0 ? [null] : old, 0, walk);
      return { kind: "changes", sha, changes: walk.changes };
    } catch (error) {
      if (error instanceof TooMany) return { kind: "too_many", sha };
      if (error instanceof Missing) return { kind: "missing", sha };
      throw error;
    }
  }

  async #compare(
    folder: string,
    tree: string | null,
    old: readonly (string | null)[],
    depth: number,
    walk: { readonly changes: RawChange[]; left: number },
  ): Promise<void> {
    if (depth > MAX_DEPTH) throw new TooMany();
    const now = await this.#tree(tree);
    const before = await Promise.all(old.map(async (id) => await this.#tree(id)));
    for (const { entry, sides } of changedEntries(now, before)) {
      if (--walk.left < 0) throw new TooMany();
      const path = folder + (entry ?? sides.find((side) => side !== null))?.name;
      const isTree = (entry ?? sides.find((side) => side !== null))?.isTree === true;
      if (isTree) {
        const olds = sides.map((side) => side?.id ?? null);
        await this.#compare(`${path}/`, entry?.id ?? null, olds, depth + 1, walk);
      } else {
        walk.changes.push({ path, ...sideOf(entry), old: sides.map((side) => sideOf(side)), renamed: null });
      }
    }
  }

  async #commit(sha: string): Promise<{ readonly tree: string; readonly parents: readonly string[] }> {
    const read = await this.#reader.read(sha, MAX_OBJECT_BYTES);
    if (read.kind !== "object" || read.type !== "commit") throw new Missing();
    return parseCommit(read.bytes);
  }

  async #tree(id: string | null): Promise<Buffer> {
    if (id === null) return NOTHING;
    const cached = this.#trees.get(id);
    if (cached !== undefined) return cached;
    const read = await this.#reader.read(id, MAX_OBJECT_BYTES);
    if (read.kind !== "object" || read.type !== "tree") throw new Missing();
    const bytes = Buffer.from(read.bytes.buffer, read.bytes.byteOffset, read.bytes.byteLength);
    if (this.#cachedBytes + bytes.length > CACHED_BYTES) {
      this.#trees.clear();
      this.#cachedBytes = 0;
    }
    this.#trees.set(id, bytes);
    this.#cachedBytes += bytes.length;
    return bytes;
  }
}

function sideOf(entry: TreeEntry | null): Side {
  return entry === null ? ABSENT : { mode: entry.mode, blob: entry.id };
}

interface ChangedEntry {
  /** The new entry; null if it is gone. */
  readonly entry: TreeEntry | null;
  readonly sides: readonly (TreeEntry | null)[];
}

/** The entries in which one tree differs from each of the others. */
function changedEntries(now: Buffer, before: readonly Buffer[]): ChangedEntry[] {
  const [first, ...others] = before.map((old) => compareTrees(now, old));
  if (first === undefined) return [];
  if (others.length === 0) return [...first.values()].map(({ entry, old }) => ({ entry, sides: [old] }));
  const all: ChangedEntry[] = [];
  for (const [key, { entry, old }] of first) {
    const rest = others.map((other) => other.get(key));
    if (rest.some((each) => each === undefined)) continue;
    all.push({ entry, sides: [old, ...rest.map((each) => each?.old ?? null)] });
  }
  return all;
}

/** The differences between two trees, by name; a file and a folder of the same name are two entries, as in git. */
function compareTrees(
  now: Buffer,
  old: Buffer,
): Map<string, { entry: TreeEntry | null; old: TreeEntry | null }> {
  const changed = new Map<string, { entry: TreeEntry | null; old: TreeEntry | null }>();
  const note = (entry: TreeEntry | null, before: TreeEntry | null): void => {
    const named = entry ?? before;
    // A tree may name one entry twice, which no honest git writes: each counts.
    let key = `${named?.rawName ?? ""}${named?.isTree === true ? "/" : ""}`;
    while (changed.has(key)) key += "\0";
    changed.set(key, { entry, old: before });
  };
  let atNow = 0;
  let atOld = 0;
  while (atNow < now.length || atOld < old.length) {
    const a = atNow < now.length ? readEntry(now, atNow) : null;
    const b = atOld < old.length ? readEntry(old, atOld) : null;
    if ((atNow < now.length && a === null) || (atOld < old.length && b === null)) throw new Missing();
    const order = a === null ? 1 : b === null ? -1 : compareEntries(a, b);
    if (order <= 0) atNow = a?.end ?? now.length;
    if (order >= 0) atOld = b?.end ?? old.length;
    if (order < 0) note(a, null);
    else if (order > 0) note(null, b);
    else if (a !== null && b !== null && !a.sameAs(b)) note(a, b);
  }
  return changed;
}
