import * as fc from "fast-check";
import { expect, test } from "vitest";
import { detect } from "../../../src/detect/index.ts";
import { touchesAdded } from "../../../src/diff/index.ts";
import { addedOnly } from "../../../src/scan/detection/hunks.ts";
import { keyOf } from "../../../fixtures/keys.ts";

const [DETECTION] = detect(Buffer.from(keyOf("sk_live_", "hunks")), null).detections;

test("what touches an added line is kept, whichever way that is looked for", () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 2, max: 6 }), fc.nat(4), fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(gaps, fc.array(fc.tuple(fc.nat(200), fc.nat(5))), (parts, places) => {
      let line = 0;
      const hunks: { newStart: number; text: Uint8Array; added: { first: number; last: number }[] }[] = [];
      for (const [gap, length, begins] of parts) {
        const range = { first: line + gap, last: line + gap + length };
        line = range.last;
        if (begins || hunks.length === 0)
          hunks.push({ newStart: range.first, text: new Uint8Array(0), added: [range] });
        else hunks.at(-1)?.added.push(range);
      }
      if (DETECTION === undefined) throw new Error("The key is not found.");
      const detections = places.map(([at, more]) => ({ ...DETECTION, line: at, endLine: at + more }));
      expect(addedOnly(detections, hunks)).toEqual(
        detections.filter((found) => touchesAdded(hunks, found.line, found.endLine)),
      );
    }),
  );
});
