import { array, assert, constantFrom, integer, oneof, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { keyOf } from "../../fixtures/keys.ts";
import { allocateText, detect, detectPieces, HELD_BYTES } from "../../src/detect/index.ts";
import type { Detected } from "../../src/detect/index.ts";

const NOW = new Date("2026-11-22T00:00:00Z");
const BLOCK = 1 << 20;

/** Reads `bytes` in pieces of at most these lengths, one after the other and over again. */
function inPieces(bytes: Uint8Array, pieces: readonly number[], held: Uint8Array<ArrayBuffer>): Detected {
  let at = 0;
  let piece = 0;
  const read = (buffer: Uint8Array): number => {
    const length = Math.min(buffer.length, pieces[piece++ % pieces.length] ?? 1, bytes.length - at);
    buffer.set(bytes.subarray(at, at + length));
    at += length;
    return length;
  };
  return detectPieces("app.env", NOW, held, read(held), read);
}

const shown = ({ detections, dismissals }: Detected): unknown => ({
  detections: detections.map(({ secret, ...rest }) => ({ ...rest, fingerprint: secret.fingerprint })),
  dismissals,
});

/** Filler with lines, and keys at the offsets. */
function textWith(length: number, offsets: readonly number[]): Uint8Array {
  const bytes = Buffer.from("a line of text that holds nothing, not even é\n".repeat(length / 40)).subarray(
    0,
    length,
  );
  for (const at of offsets) bytes.write(`\nSTRIPE_KEY="${keyOf("sk_live_")}"\n`, at, "latin1");
  return bytes;
}

test("finds in pieces what is found in one, in any memory", () => {
  const near = integer({ min: -200, max: 200 });
  const offsets = array(
    oneof(
      tuple(constantFrom(BLOCK, 2 * BLOCK), near).map(([block, by]) => block + by),
      integer({ min: 0, max: 2 * BLOCK }),
    ),
    { maxLength: 4 },
  );
  const held = allocateText(HELD_BYTES);
  assert(
    property(
      offsets,
      array(integer({ min: 20_000, max: BLOCK }), { minLength: 1, maxLength: 3 }),
      (at, pieces) => {
        const bytes = textWith(2 * BLOCK + 300_000, at);
        const whole = shown(detect(bytes, "app.env", NOW));
        expect(shown(inPieces(bytes, pieces, held))).toEqual(whole);
        expect(shown(inPieces(bytes, pieces, new Uint8Array(HELD_BYTES)))).toEqual(whole);
      },
    ),
    { numRuns: 15 },
  );
});

test.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, HELD_BYTES, HELD_BYTES + 1])(
  "reads a file of %i bytes to its end",
  (length) => {
    const key = `x=${keyOf("sk_live_")}`;
    const bytes = Buffer.concat([Buffer.alloc(length, "."), Buffer.from(`\n${key}`)]);
    expect(shown(inPieces(bytes, [BLOCK], allocateText(HELD_BYTES)))).toEqual(
      shown(detect(bytes, "app.env", NOW)),
    );
    expect(inPieces(bytes, [BLOCK], allocateText(HELD_BYTES)).detections).toHaveLength(1);
  },
);
