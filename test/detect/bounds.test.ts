import { describe, expect, test } from "vitest";
import { BLOCK } from "../../src/detect/engine/block-scan.ts";
import { MAX_DETECTIONS, MAX_DISMISSALS } from "../../src/detect/engine/verdicts.ts";
import { noWork } from "../../src/detect/engine/work.ts";
import { detectCounted } from "../../src/detect/detect.ts";
import { FORMS } from "../../src/detect/forms/index.ts";
import { createDetector, detect } from "../../src/detect/index.ts";
import { bodyOf, key } from "../support/detector-keys.ts";

const short = key("sk_live_", bodyOf(24, 81));

function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}

/** What is repeated, over and over. */
const HOSTILE = [
  ["one character", "a"],
  ["quotes", '"'],
  ["backslashes", "\\"],
  ["line feeds", "\n"],
  ["anchors", "k_live_"],
  ["prefixes", "sk_live_"],
  ["prefixes in literals", '"sk_live_"+'],
  ["pieces of one character", '"a"+'],
  ["beginnings of prefixes", 'sk_"'],
  ["beginnings and long gaps", `sk_"${" ".repeat(300)}`],
  ["beginnings and open comments", 'sk_"/*'],
  ["open brackets", 'sk_"(((('],
  ["escapes", "k_live_%5F"],
  ["nested entities", "k_live_&amp;amp;"],
  ["base64", base64("sk_live_")],
  ["base64 in base64", base64(base64("x sk_live_"))],
  ["base64 in base64 in base64", base64(base64(base64("x sk_live_")))],
  ["constants", 'A="sk_live_";'],
  ["constants and their uses", 'A="sk_live_";$A$A$A$A$A$A$A'],
  ["keys", `${short}\n`],
  ["keys without a gap", short],
  ["UTF-16", "s\0k\0_\0l\0i\0v\0e\0_\0"],
  ["the word stripe", "stripe_stripe.key="],
  ["publishable keys", `${key("pk_live_", bodyOf(24, 82))} `],
  ["a long run", `sk_live_${"1".repeat(4000)}`],
  ["no character", "\x80"],
] as const;

function workOn(unit: string, size: number): number {
  const bytes = Buffer.from(unit.repeat(Math.ceil(size / unit.length)).slice(0, size), "latin1");
  const work = noWork();
  detectCounted(bytes, null, new Date(0), work);
  return work.hits + work.read;
}

describe("work is bounded by the bytes, whatever they are", () => {
  test.each(HOSTILE)("%s", (_, unit) => {
    const size = 300_000;
    // Each form reads each byte once at most, and each byte begins few anchors.
    expect(workOn(unit, size)).toBeLessThanOrEqual((FORMS.length + 4) * size);
    expect(workOn(unit, 2 * size)).toBeLessThanOrEqual(2.2 * workOn(unit, size) + 50_000);
  });
});

test("a reading never grows beyond a few times its text", () => {
  for (const [, unit] of HOSTILE) {
    const text = unit.repeat(Math.ceil(20_000 / unit.length));
    for (const form of FORMS) {
      const length = form.read(text).reduce((sum, reading) => sum + reading.text.length, 0);
      expect(length).toBeLessThanOrEqual(20 * text.length);
    }
  }
});

test("more findings than an input is listed with are said to be cut", () => {
  const many = Buffer.from(`${short}\n`.repeat(MAX_DETECTIONS + 5));
  const { detections, truncated } = detect(many, null);
  expect(detections).toHaveLength(MAX_DETECTIONS);
  expect(truncated).toBe(true);
  expect(detect(many.subarray(0, 33 * 10), null).truncated).toBeUndefined();
});

test("a flood of placeholders hides no key behind it", () => {
  const flood = `${key("sk_live_", "x".repeat(24))}\n`.repeat(MAX_DETECTIONS + MAX_DISMISSALS);
  const { detections, dismissals } = detect(Buffer.from(`${flood}${short}`), null);
  expect(detections).toMatchObject([{ line: MAX_DETECTIONS + MAX_DISMISSALS + 1 }]);
  expect(dismissals).toHaveLength(MAX_DISMISSALS);
});

test("a long input keeps little more than a block", () => {
  const detector = createDetector(null);
  const chunk = Buffer.alloc(BLOCK, "plain text without a line break, ");
  detector.push(chunk);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 64; i++) detector.push(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * BLOCK);
  expect(detector.finish().detections).toEqual([]);
});
