import { assert, array, constantFrom, nat, oneof, property, string, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { compileKernel } from "../../prefilter/build.ts";
import { NECESSARY } from "../../src/detect/engine/anchor-search.ts";
import { mayHoldCredential, whichMayHoldCredential } from "../../src/detect/engine/glance.ts";
import { compilePatterns } from "../../src/detect/engine/pattern-search.ts";
import { KERNEL } from "../../src/detect/engine/prefilter-kernel.ts";
import { WINDOWS } from "../../src/detect/engine/prefilter-plan.ts";
import { compileAnchors } from "../../src/detect/engine/prefilter.ts";
import type { PatternSearch } from "../../src/detect/engine/pattern-search.ts";

const prefilter = compileAnchors(NECESSARY);
const oracle = compilePatterns(NECESSARY);

function hits(search: PatternSearch, bytes: Uint8Array, from = 0, to = bytes.length): readonly string[] {
  const found: string[] = [];
  search.search(bytes, from, to, (anchor, at) => found.push(`${anchor}@${at}`));
  return found.sort();
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** Bytes in which anchors, parts of anchors and noise follow one another. */
const bytes = array(
  oneof(
    constantFrom(...NECESSARY).map(latin1),
    constantFrom(...NECESSARY).map((anchor) => latin1(anchor.slice(1))),
    constantFrom(...NECESSARY).map((anchor) => latin1(anchor.slice(0, 3))),
    uint8Array({ maxLength: 40 }),
    string({ maxLength: 40 }).map(latin1),
  ),
  { maxLength: 30 },
).map((parts) => Buffer.concat(parts));

describe("the prefilter finds what the plain search finds", () => {
  test("in any bytes, in any part of them", () => {
    assert(
      property(bytes, nat(600), nat(600), (text, a, b) => {
        const from = Math.min(a, b, text.length);
        const to = Math.min(Math.max(a, b), text.length);
        expect(hits(prefilter, text, from, to)).toEqual(hits(oracle, text, from, to));
        expect(prefilter.occursIn(text)).toBe(hits(oracle, text).length > 0);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(NECESSARY.map((anchor) => [JSON.stringify(anchor), anchor] as const))(
    "%s by itself",
    (_name, anchor) => {
      expect(hits(prefilter, latin1(anchor))).toEqual(hits(oracle, latin1(anchor)));
      expect(prefilter.occursIn(latin1(anchor))).toBe(true);
    },
  );

  test.each([0, 1, 15, 16, 17, 262_135, 262_143, 262_144, 262_145, 524_287, 524_288])(
    "at offset %i, over the ends of blocks and chunks",
    (at) => {
      const text = latin1(`${".".repeat(at)}k_live_${".".repeat(600_000 - at)}`);
      expect(hits(prefilter, text)).toEqual(hits(oracle, text));
    },
  );

  test("in text made of anchors alone, which fills the list of offsets", () => {
    const text = latin1("k_live_".repeat(100_000));
    expect(hits(prefilter, text)).toHaveLength(hits(oracle, text).length);
  });
});

describe("the first look at a text", () => {
  test("many texts at once give the same answers as each by itself", () => {
    assert(
      property(array(bytes, { maxLength: 20 }), (texts) => {
        expect(whichMayHoldCredential(texts)).toEqual(texts.map(mayHoldCredential));
      }),
    );
  });

  test("an anchor that begins in one text and ends in the next is none", () => {
    expect(whichMayHoldCredential([latin1("k_li"), latin1("ve_")])).toEqual([false, false]);
  });

  test("texts larger than a batch are looked at too", () => {
    const texts = [
      Buffer.alloc(300_000),
      Buffer.concat([Buffer.alloc(300_000), latin1("whsec_")]),
      latin1("k_live_"),
    ];
    expect(whichMayHoldCredential(texts)).toEqual([false, true, true]);
  });
});

describe("the committed files are what the sources produce", () => {
  test("the kernel", () => {
    expect(KERNEL).toBe(compileKernel("scan"));
  });

  test("the plan has each anchor", () => {
    const missing = NECESSARY.filter((anchor) => !WINDOWS.has(anchor));
    expect(missing, "run npm run prefilter -- FOLDER… and commit the result").toEqual([]);
    expect(WINDOWS.size).toBe(NECESSARY.length);
  });
});
