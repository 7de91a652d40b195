import { assert, constantFrom, nat, property, string, uniqueArray } from "fast-check";
import { expect, test } from "vitest";
import { compilePatterns } from "../../src/detect/engine/pattern-search.ts";

function naive(patterns: readonly string[], text: string, from: number, to: number): readonly string[] {
  const found: string[] = [];
  for (const [index, pattern] of patterns.entries()) {
    for (let at = text.indexOf(pattern); at !== -1; at = text.indexOf(pattern, at + 1))
      if (at >= from && at < to) found.push(`${index}@${at}`);
  }
  return found.sort();
}

function search(patterns: readonly string[], text: string, from: number, to: number): readonly string[] {
  const found: string[] = [];
  compilePatterns(patterns).search(Buffer.from(text, "latin1"), from, to, (pattern, at) =>
    found.push(`${pattern}@${at}`),
  );
  return found.sort();
}

const pattern = string({ unit: constantFrom("a", "b", "_", "\xff"), minLength: 4, maxLength: 9 });

test("finds what a naive search finds, in any part", () => {
  assert(
    property(
      uniqueArray(pattern, { minLength: 1, maxLength: 12 }),
      string({ unit: constantFrom("a", "b", "_", "\xff", "c"), maxLength: 3000 }),
      nat(3000),
      nat(3000),
      (patterns, text, a, b) => {
        const [from, to] = [Math.min(a, b, text.length), Math.min(Math.max(a, b), text.length)];
        expect(search(patterns, text, from, to)).toEqual(naive(patterns, text, from, to));
      },
    ),
  );
});

test.each([0, 1, 1023, 1024, 16_383, 16_384, 32_768, 65_533, 65_534, 65_535, 65_536, 70_000])(
  "finds a pattern at %i, over the seams of lanes and segments",
  (at) => {
    const text = `${".".repeat(at)}k_live_${".".repeat(140_000 - at)}`;
    expect(search(["k_live_", "whsec_"], text, 0, text.length)).toEqual([`0@${at}`]);
  },
);

test("a pattern of fewer than four bytes is refused", () => {
  expect(() => compilePatterns(["rt_"])).toThrow(RangeError);
});
