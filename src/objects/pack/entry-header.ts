/** What a pack says of an entry before its compressed bytes (gitformat-pack). */
import type { ObjectType } from "../object-table.ts";

const TYPES: readonly (ObjectType | null)[] = [null, "commit", "tree", "blob", "tag", null, null, null];
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;

/** The type of an object that is stored whole, or the base of one that is not: how far before it, or its id. */
export type EntryHeader =
  { readonly type: ObjectType } | { readonly baseBefore: number } | { readonly baseId: Uint8Array };

/** Null for what no entry begins with. */
export function parseEntryHeader(bytes: Uint8Array, start: number, idBytes: number): EntryHeader | null {
  let at = start;
  const first = bytes[at] ?? 0;
  while (((bytes[at++] ?? 0) & 128) !== 0);
  const stored = (first >> 4) & 7;
  const type = TYPES[stored] ?? null;
  if (type !== null) return { type };
  if (stored === REFERENCE_DELTA) return { baseId: bytes.subarray(at, at + idBytes) };
  if (stored !== OFFSET_DELTA) return null;
  let byte = bytes[at++] ?? 0;
  let before = byte & 127;
  while ((byte & 128) !== 0) {
    byte = bytes[at++] ?? 0;
    before = (before + 1) * 128 + (byte & 127);
  }
  return { baseBefore: before };
}
