/**
 * Lists all objects of a repository by reading the indexes of its packs and the heads of their entries: a fifth of the work
 * of `git cat-file --batch-check`, and it says where each object is. Only loose objects are looked up by git. Whatever is
 * out of the ordinary is left to git altogether.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { NONE, ObjectTable, PackPlaces, parseEntryHeader, parsePackIndex } from "../../../objects/index.ts";
import type { ObjectType, PackIndex } from "../../../objects/index.ts";
import { objectFolders } from "./alternates.ts";
import type { HistoryRepository } from "./history-repository.ts";
import { listObjects } from "./list-objects.ts";
import type { ObjectList } from "./list-objects.ts";

const PIECE = 1 << 20;
/** The longest head of an entry: its size, then how far away its base is, or the base's id. */
const MAX_HEAD = 64;
/** Their paths are an argument of a process, which Linux bounds at 128 KiB. */
const MAX_PATH_BYTES = 100_000;
/** A table grows; this only says how large it begins. */
const MAX_ESTIMATE = 1 << 22;
/** As long as git makes a chain of deltas. */
const MAX_ROUNDS = 250;

/** Null if git has to list the objects: there are no packs, or something about them is not as it should be. */
export async function listPacked(
  repository: HistoryRepository,
  signal: AbortSignal,
): Promise<ObjectList | null> {
  const { idBytes } = repository;
  const folders = objectFolders(repository.objects);
  // Before the packs: what is packed meanwhile is still asked for by its id.
  const loose = folders?.flatMap((folder) => looseIn(folder, idBytes));
  const packs = folders?.flatMap(packsIn);
  if (loose === undefined || packs === undefined || packs.length === 0 || !isAskable(packs)) return null;
  const table = new ObjectTable(idBytes, estimate(packs));
  const places = new PackPlaces();
  try {
    for (const pack of packs) if (!(await addPack(pack, table, places, signal))) return null;
  } catch (error) {
    if (signal.aborted) throw error;
    // A pack that was just replaced by another: git looks again.
    return null;
  }
  if (loose.length === 0) return { table, places, unreadable: [] };
  const { unreadable } = await listObjects(repository, loose.join(""), signal, table);
  return { table, places, unreadable };
}

function isAskable(packs: readonly string[]): boolean {
  return Buffer.byteLength(JSON.stringify(packs)) <= MAX_PATH_BYTES;
}

/** Paths of its packs, without the ending. */
function packsIn(folder: string): readonly string[] {
  const packs = join(folder, "pack");
  return namesIn(packs)
    .filter((name) => name.endsWith(".idx"))
    .map((name) => join(packs, name.slice(0, -".idx".length)))
    .filter((path) => existsSync(`${path}.pack`))
    .sort();
}

/** About how many objects they hold: an index has 28 bytes for each, with SHA-1. */
function estimate(packs: readonly string[]): number {
  const bytes = packs.map((path) => statSync(`${path}.idx`, { throwIfNoEntry: false })?.size ?? 0);
  return Math.min(MAX_ESTIMATE, Math.ceil(bytes.reduce((sum, size) => sum + size, 0) / 28));
}

/** Ids of objects that have a file each, one a line. */
function looseIn(folder: string, idBytes: number): readonly string[] {
  const rest = new RegExp(`^[0-9a-f]{${2 * idBytes - 2}}$`);
  return namesIn(folder)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((name) =>
      namesIn(join(folder, name))
        .filter((file) => rest.test(file))
        .map((file) => `${name}${file}\n`),
    );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** False for a pack that is not read here. */
async function addPack(
  path: string,
  table: ObjectTable,
  places: PackPlaces,
  signal: AbortSignal,
): Promise<boolean> {
  const file = readFileSync(`${path}.idx`);
  const index = parsePackIndex(file, table.idBytes);
  if (index === null) return false;
  const handle = await open(`${path}.pack`);
  try {
    const { size } = await handle.stat();
    const checksum = Buffer.alloc(table.idBytes);
    await handle.read(checksum, 0, checksum.length, size - checksum.length);
    if (!checksum.equals(index.packChecksum)) return false;
    const pack = places.packs.push(path) - 1;
    return await new PackLister(file, index, table, places, pack).list(handle, size - table.idBytes, signal);
  } finally {
    await handle.close();
  }
}

interface Waiting {
  readonly place: number;
  readonly packed: number;
  readonly base: Buffer;
}

class PackLister {
  readonly #file: Buffer;
  readonly #index: PackIndex;
  readonly #table: ObjectTable;
  readonly #places: PackPlaces;
  readonly #pack: number;
  /** The number in the table of each object of the pack. */
  readonly #numbers: Uint32Array;
  /** Deltas whose bases are named by id and may come later. */
  #waiting: Waiting[] = [];
  /** Places of entries whose numbers are not known yet. */
  readonly #isWaiting = new Set<number>();

  constructor(file: Buffer, index: PackIndex, table: ObjectTable, places: PackPlaces, pack: number) {
    this.#file = file;
    this.#index = index;
    this.#table = table;
    this.#places = places;
    this.#pack = pack;
    this.#numbers = new Uint32Array(index.count);
    places.reserve(table.count + index.count);
  }

  /** @param end where the entries end */
  async list(handle: FileHandle, end: number, signal: AbortSignal): Promise<boolean> {
    const { count, offsets } = this.#index;
    const piece = Buffer.alloc(PIECE + MAX_HEAD);
    let from = 0;
    let length = 0;
    for (let place = 0; place < count; place++) {
      const offset = offsets[place] ?? 0;
      const next = offsets[place + 1] ?? end;
      if (next <= offset || offset < from) return false;
      if (offset + MAX_HEAD > from + length) {
        from = offset;
        length = (await handle.read(piece, 0, piece.length, offset)).bytesRead;
        piece.fill(0, length);
        if (length < Math.min(MAX_HEAD, end - offset)) return false;
        signal.throwIfAborted();
        await nextTurn();
      }
      if (!this.#takeEntry(place, piece, offset - from, next - offset)) return false;
    }
    return this.#takeWaiting();
  }

  #takeEntry(place: number, bytes: Buffer, at: number, packed: number): boolean {
    const header = parseEntryHeader(bytes, at, this.#table.idBytes);
    if (header === null) return false;
    if ("type" in header) {
      this.#add(place, header.type, packed, NONE);
      return true;
    }
    if ("baseId" in header) {
      this.#wait(place, packed, Buffer.from(header.baseId));
      return true;
    }
    const base = this.#placeAt((this.#index.offsets[place] ?? 0) - header.baseBefore);
    if (base === NONE || base >= place) return false;
    if (this.#isWaiting.has(base)) this.#wait(place, packed, Buffer.from(this.#idAt(base)));
    else this.#addDelta(place, packed, this.#numbers[base] ?? 0);
    return true;
  }

  #wait(place: number, packed: number, base: Buffer): void {
    this.#waiting.push({ place, packed, base });
    this.#isWaiting.add(place);
  }

  /** Adds what waited for its base, in as many rounds as bases waited themselves. */
  #takeWaiting(): boolean {
    for (let round = 0; this.#waiting.length > 0; round++) {
      if (round > MAX_ROUNDS) return false;
      const still: Waiting[] = [];
      for (const each of this.#waiting) {
        const base = this.#table.find(each.base);
        if (base === NONE) still.push(each);
        else this.#addDelta(each.place, each.packed, base);
      }
      if (still.length === this.#waiting.length) return false;
      this.#waiting = still;
    }
    return true;
  }

  #addDelta(place: number, packed: number, base: number): void {
    this.#add(place, this.#table.typeOf(base), packed, base);
  }

  /** An object that another pack has too keeps its place there. */
  #add(place: number, type: ObjectType, packed: number, base: number): void {
    const before = this.#table.count;
    const id = this.#idAt(place);
    // An index holds each id once.
    const number =
      this.#pack === 0 ? this.#table.addNew(id, type, packed) : this.#table.add(id, type, packed);
    this.#numbers[place] = number;
    if (number !== before) return;
    this.#table.setBase(number, base);
    this.#places.set(number, this.#pack, this.#index.offsets[place] ?? 0);
  }

  #idAt(place: number): Buffer {
    const at = this.#index.ids[place] ?? 0;
    return this.#file.subarray(at, at + this.#table.idBytes);
  }

  /** The place of the entry that begins at an offset; `NONE` if none does. */
  #placeAt(offset: number): number {
    const { offsets } = this.#index;
    let low = 0;
    let high = offsets.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = offsets[middle] ?? 0;
      if (there === offset) return middle;
      if (there < offset) low = middle + 1;
      else high = middle - 1;
    }
    return NONE;
  }
}
