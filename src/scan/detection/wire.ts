/**
 * A request as it crosses to another thread: one buffer of bytes, which is transferred and not copied again, and numbers
 * in one array. A patch of a million hunks as a million objects would block the sending thread.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { Hunk, LineRange } from "../../diff/index.ts";
import type { ContentRequest } from "./content.ts";

/** Bytes, or numbers, copied between two turns of the event loop. */
const MAX_COPY = 4 * 1024 ** 2;
const MAX_NUMBERS = 256 * 1024;

export interface WireRequest {
  readonly path: string | null;
  readonly now: Date;
  readonly kind: ContentRequest["content"]["kind"];
  /** The whole file, or the texts of the hunks one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For each hunk: line, bytes of its text, number of ranges, and the two ends of each range. Null for no hunks. */
  readonly hunks: Uint32Array<ArrayBuffer> | null;
}

/** A copy that a thread can take over: the caller's bytes may be part of a buffer that others use. */
export async function toWire({ path, now, content }: ContentRequest): Promise<WireRequest> {
  if (content.kind === "hunks") {
    const bytes = await joined(content.hunks.map((hunk) => hunk.text));
    return { path, now, kind: "hunks", bytes, hunks: await numbersOf(content.hunks, true) };
  }
  const bytes = await joined([content.bytes]);
  // For a whole file, only the places of its hunks matter.
  const hunks = content.hunks === null ? null : await numbersOf(content.hunks, false);
  return { path, now, kind: "whole", bytes, hunks };
}

export function fromWire({ path, now, kind, bytes, hunks }: WireRequest): ContentRequest {
  const parts = hunks === null ? null : hunksOf(hunks, bytes);
  return kind === "hunks"
    ? { path, now, content: { kind, hunks: parts ?? [] } }
    : { path, now, content: { kind, bytes, hunks: parts } };
}

/** The buffers to transfer. */
export function buffersOf({ bytes, hunks }: WireRequest): ArrayBuffer[] {
  return hunks === null ? [bytes.buffer] : [bytes.buffer, hunks.buffer];
}

async function joined(texts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  let to = 0;
  let since = 0;
  for (const text of texts) {
    for (let at = 0; at < text.length; at += MAX_COPY) {
      const part = text.subarray(at, at + MAX_COPY);
      all.set(part, to);
      to += part.length;
      // A copy of little costs a call.
      since += part.length + 64;
      if (since < MAX_COPY) continue;
      since = 0;
      await turn();
    }
  }
  return all;
}

async function numbersOf(hunks: readonly Hunk[], withText: boolean): Promise<Uint32Array<ArrayBuffer>> {
  const numbers = new Uint32Array(hunks.reduce((sum, { added }) => sum + 3 + 2 * added.length, 0));
  let to = 0;
  let since = 0;
  for (const { newStart, text, added } of hunks) {
    numbers[to++] = newStart;
    numbers[to++] = withText ? text.length : 0;
    numbers[to++] = added.length;
    for (const { first, last } of added) {
      numbers[to++] = first;
      numbers[to++] = last;
      if (to - since < MAX_NUMBERS) continue;
      since = to;
      await turn();
    }
  }
  return numbers;
}

function hunksOf(numbers: Uint32Array, bytes: Uint8Array): Hunk[] {
  const hunks: Hunk[] = [];
  let from = 0;
  for (let at = 0; at < numbers.length;) {
    const newStart = numbers[at++] ?? 0;
    const length = numbers[at++] ?? 0;
    const count = numbers[at++] ?? 0;
    const added: LineRange[] = [];
    for (let range = 0; range < count; range++)
      added.push({ first: numbers[at++] ?? 0, last: numbers[at++] ?? 0 });

    hunks.push({ newStart, text: bytes.subarray(from, from + length), added });
    from += length;
  }
  return hunks;
}
