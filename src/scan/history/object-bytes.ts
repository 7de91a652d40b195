/**
 * Reads commits and trees in this process: from packs along their delta chains, as the readers do, and with git what is not
 * in a pack or cannot be read there. The 950,000 commits and trees of rails are unpacked in two seconds.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { canSift } from "../../detect/index.ts";
import { ChainUnpacker, MEMORY_BYTES } from "../../objects/index.ts";
import type { ChainOrder, ObjectTable, ObjectType, PackPlaces } from "../../objects/index.ts";
import { readObjectBytes } from "../../source/index.ts";
import type { HistoryRepository } from "../../source/index.ts";
import { PackInput } from "./pack-input.ts";
import { PackRequests, PackRequestWriter } from "./pack-request.ts";

/** Objects after which other work of this process gets its turn. */
const TURN_OBJECTS = 4096;
const PAGE_BYTES = 65_536;
/** Objects are read whole, so no byte around a part matters. */
const NO_MARGIN = { before: 0, after: 0 };

export interface ObjectSourceRequest {
  readonly repository: HistoryRepository;
  readonly table: ObjectTable;
  readonly order: ChainOrder;
  /** Where in packs the objects are; null where git has to look for them. */
  readonly places: PackPlaces | null;
  readonly signal: AbortSignal;
}

/** @param take gets an object's number and its bytes, which are valid during the call */
export type TakeBytes = (number: number, bytes: Uint8Array) => void;

/** Reads all objects of a type, in any order. Those that are not there, or damaged, are left out. */
export async function readAllOf(
  type: ObjectType,
  request: ObjectSourceRequest,
  take: TakeBytes,
): Promise<void> {
  const { repository, table, order, places, signal } = request;
  const all = order.order.filter((number) => table.typeOf(number) === type);
  const left = places === null || !canSift() ? [...all] : await readPacked(request, places, all, take);
  if (left.length === 0) return;
  const ids = left.map((number) => table.idOf(number));
  const takeBytes = (id: string, bytes: Uint8Array): void => take(table.findHex(id), bytes);
  await readObjectBytes(repository, { ids, type, take: takeBytes }, signal);
}

/** Returns the numbers of what it could not read. */
async function readPacked(
  { table, signal }: ObjectSourceRequest,
  places: PackPlaces,
  all: Uint32Array,
  take: TakeBytes,
): Promise<readonly number[]> {
  const packed = all.filter((number) => places.has(number));
  const left: number[] = Array.from(all.filter((number) => !places.has(number)));
  const memory = new WebAssembly.Memory({ initial: MEMORY_BYTES / PAGE_BYTES });
  const unpacker = new ChainUnpacker(memory, table.idBytes);
  const input = openInput(memory, unpacker, places);
  if (input === null) return [...all];
  const writer = new PackRequestWriter(table, places);
  try {
    for (let from = 0; from < packed.length; from += TURN_OBJECTS) {
      const numbers = packed.subarray(from, from + TURN_OBJECTS);
      const requests = new PackRequests(writer.write(numbers), table.idBytes);
      let wanted = 0;
      for (let request = 0; request < requests.count; request++) {
        const depth = requests.depthOf(request);
        const length = requests.lengthOf(request);
        const at = findEntry(input, requests, request);
        if (at === null) unpacker.forget(depth);
        const isRead = at !== null && unpacker.unpack(depth, at, length, NO_MARGIN);
        if (!requests.isWanted(request)) continue;
        const number = numbers[wanted++] ?? 0;
        if (isRead) take(number, unpacker.bytes);
        else left.push(number);
      }
      signal.throwIfAborted();
      await nextTurn();
    }
  } finally {
    input.close();
  }
  return left;
}

/** Null for what cannot be read from its file. */
function findEntry(input: PackInput, requests: PackRequests, request: number): number | null {
  try {
    return input.find(requests.packOf(request), requests.offsetOf(request), requests.lengthOf(request));
  } catch {
    return null;
  }
}

/** Null if a pack is gone, because its repository was packed again: git knows where. */
function openInput(
  memory: WebAssembly.Memory,
  { input }: ChainUnpacker,
  { packs }: PackPlaces,
): PackInput | null {
  try {
    return new PackInput(memory.buffer, input, packs);
  } catch {
    return null;
  }
}
