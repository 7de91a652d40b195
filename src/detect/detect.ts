import { VERSION_DATE } from "./clock.ts";
import type { Detected } from "./detection.ts";
import { BLOCK, BlockScan, MARGIN } from "./engine/block-scan.ts";
import { mayHoldCredential } from "./engine/glance.ts";
import type { View } from "./engine/positions.ts";
import { noWork } from "./engine/work.ts";
import type { Work } from "./engine/work.ts";

/**
 * Finds every Stripe credential in `bytes`. Linear in their number; reads no clock, no file, no state.
 *
 * @param bytes any bytes: text in any encoding, or binary
 * @param path where the bytes are from, as context only; null for none
 * @param now the time after which an account is "in the future"; callers at the edge pass the time
 */
export function detect(bytes: Uint8Array, path: string | null, now: Date = new Date(VERSION_DATE)): Detected {
  return detectWithin(bytes, path, now, { work: noWork(), budget: Infinity });
}

const NOTHING: Detected = { detections: [], dismissals: [] };

/** The same within a budget of work: if it runs out, the answer says `overBudget`. */
export function detectWithin(
  bytes: Uint8Array,
  path: string | null,
  now: Date,
  { work, budget }: DetectorBounds,
): Detected {
  return mayHoldCredential(bytes) ? detectCounted(bytes, path, now, work, budget) : NOTHING;
}

/** The same without the first look, counting the work done. */
export function detectCounted(
  bytes: Uint8Array,
  path: string | null,
  now: Date,
  work: Work,
  budget = Infinity,
): Detected {
  const scan = new BlockScan(path, now, work, budget);
  const whole: View = { bytes, base: 0 };
  for (let from = 0; from < bytes.length; from += BLOCK) {
    const to = Math.min(bytes.length, from + BLOCK);
    const base = Math.max(0, from - MARGIN);
    const view = { bytes: bytes.subarray(base, to + MARGIN), base };
    scan.scan(view, from, to, whole);
  }
  return scan.finish(whole);
}

/** How much a detector may do. */
export interface DetectorBounds {
  /** Counts the work done; detectors that share it share the budget. */
  readonly work: Work;
  /** Work, in hits and bytes read, after which the rest is left unread and the answer says `overBudget`. */
  readonly budget: number;
}

export interface Detector {
  push(chunk: Uint8Array): void;
  finish(): Detected;
}

/**
 * The same for bytes that arrive in pieces: wherever they are cut, the answer is that of `detect`. Holds little more than
 * a block of 1 MiB and its findings.
 */
export function createDetector(
  path: string | null,
  now: Date = new Date(VERSION_DATE),
  { work, budget }: DetectorBounds = { work: noWork(), budget: Infinity },
): Detector {
  const scan = new BlockScan(path, now, work, budget);
  let held = new Uint8Array(SMALLEST_HOLD);
  let base = 0;
  let length = 0;
  /** Where the next block begins. */
  let from = 0;

  function scanBlock(to: number): void {
    const view: View = { bytes: held.subarray(0, Math.min(length, to + MARGIN - base)), base };
    scan.scan(view, from, to, view);
    from = to;
  }

  function letGo(): void {
    scan.settle({ bytes: held.subarray(0, length), base });
    const next = Math.max(0, from - MARGIN);
    held.copyWithin(0, next - base, length);
    length -= next - base;
    base = next;
  }

  return {
    push(chunk) {
      held = grown(held, length, chunk.length);
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + held.length - length);
        held.set(part, length);
        length += part.length;
        at += part.length;
        while (base + length >= from + BLOCK + MARGIN) {
          scanBlock(from + BLOCK);
          letGo();
        }
      }
    },
    finish() {
      while (from < base + length) scanBlock(Math.min(base + length, from + BLOCK));
      return scan.finish({ bytes: held.subarray(0, length), base });
    },
  };
}

const LARGEST_HOLD = MARGIN + BLOCK + MARGIN;
const SMALLEST_HOLD = 1 << 14;

/** Room for `more` bytes after `length`, twice as much each time, up to a block and its margins. */
function grown(held: Uint8Array<ArrayBuffer>, length: number, more: number): Uint8Array<ArrayBuffer> {
  if (length + more <= held.length || held.length === LARGEST_HOLD) return held;
  const larger = new Uint8Array(Math.min(LARGEST_HOLD, Math.max(2 * held.length, length + more)));
  larger.set(held.subarray(0, length));
  return larger;
}
