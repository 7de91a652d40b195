import type { Hunk, PatchRecord } from "../../src/diff/index.ts";
import { PatchReader } from "../../src/diff/index.ts";

/** UTF-8 bytes of text, or the bytes themselves. */
export function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Hunks with their text readable, for comparisons. */
export function readable(hunks: readonly Hunk[]): { start: number; text: string; added: string }[] {
  return hunks.map((hunk) => ({
    start: hunk.newStart,
    text: textOf(hunk.text),
    added: hunk.added.map((range) => `${range.first}-${range.last}`).join(","),
  }));
}

/** Reads a whole patch, in chunks of `size` bytes. */
export function readPatch(patch: string | Uint8Array, size = Number.MAX_SAFE_INTEGER): PatchRecord[] {
  const bytes = bytesOf(patch);
  const reader = new PatchReader();
  const records: PatchRecord[] = [];
  for (let at = 0; at < bytes.length; at += size) records.push(...reader.push(bytes.subarray(at, at + size)));
  records.push(...reader.end());
  return records;
}
