import { array, assert, constantFrom, integer, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { BLOCK } from "../../src/detect/engine/block-scan.ts";
import { MAX_DETECTIONS, MAX_DISMISSALS } from "../../src/detect/engine/verdicts.ts";
import { noWork } from "../../src/detect/engine/work.ts";
import type { Work } from "../../src/detect/engine/work.ts";
import { detectCounted } from "../../src/detect/detect.ts";
import { FORMS } from "../../src/detect/forms/index.ts";
import { createDetector, detect } from "../../src/detect/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

/** Characters that all readings together make of one byte. */
const MAX_DECODED = 16;

const short = key("sk_live_", bodyOf(24, 81));

function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}

function wrapped(text: string, width: number): string {
  return text.replaceAll(new RegExp(`.{${width}}`, "g"), "$&\n");
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
  ["base64 of keys in lines of 8", wrapped(base64(`${short}\n`.repeat(64)), 8)],
  ["base64 of keys in lines of 12", wrapped(base64(`${short} `.repeat(66)), 12)],
  ["base64 of prefixes in lines of 8", wrapped(base64("sk_live_".repeat(300)), 8)],
  ["base64 of base64 in lines of 8", wrapped(base64(base64(`x ${short}`).repeat(60)), 8)],
  ["prefixes and lines", "sk_live_\n"],
  ["prefixes of CLI tokens", "oak_"],
  ["placeholders", "sk_live_your_key_here_or_so "],
  ["masked keys", "sk_live_abc***"],
  ["prefixes and invisible characters", "sk_live_\xe2\x80\x8b"],
  ["colours", "\u001b[33msk_live_"],
  ["hexadecimal", Buffer.from(short).toString("hex")],
  ["hexadecimal in lines of 8", wrapped(Buffer.from(short).toString("hex").repeat(8), 8)],
  ["lists of bytes", "0x73, 0x6b, 0x5f, "],
  ["formats", '"%s%s" % ("sk_live_", "a")'],
  ["commas in a call", 'join("sk_live_","a") '],
  ["names joined", 'sk_live_ A="b" A + A + A + '],
  ["a vendor's name", "paymongo= "],
  ["anchors before quotes", 'k_live_"'],
] as const;

function workOn(unit: string, size: number): Work {
  const bytes = Buffer.from(unit.repeat(Math.ceil(size / unit.length)).slice(0, size), "latin1");
  const work = noWork();
  detectCounted(bytes, null, new Date(0), work);
  return work;
}

function sumOf(work: Work): number {
  return work.hits + work.read + work.decoded + work.judged;
}

describe("work is bounded by the number of bytes, whatever their content", () => {
  test.each(HOSTILE)("%s", (_, unit) => {
    const size = 100_000;
    const work = workOn(unit, size);
    // Each form reads each byte once at most, and each byte begins few anchors.
    expect(work.hits + work.read).toBeLessThanOrEqual((FORMS.length + 4) * size);
    // What the forms make of them is a small multiple too, base64 of base64 in all its alignments included.
    expect(work.decoded).toBeLessThanOrEqual(MAX_DECODED * size);
    expect(sumOf(workOn(unit, 2 * size))).toBeLessThanOrEqual(2.2 * sumOf(work) + 17_000);
  });

  test("any text made of such pieces", () => {
    const pieces = constantFrom(
      ...HOSTILE.map(([, unit]) => unit),
      "\n",
      " ",
      '"',
      "=",
      "\\",
      "c2tfbGl2ZV9",
      "x",
    );
    assert(
      property(
        array(tuple(pieces, integer({ min: 1, max: 400 })), { minLength: 1, maxLength: 12 }),
        (parts) => {
          const unit = parts.map(([piece, count]) => piece.repeat(Math.ceil(count / piece.length))).join("");
          const work = workOn(unit, 40_000);
          expect(work.hits + work.read).toBeLessThanOrEqual((FORMS.length + 4) * 40_000);
          expect(work.decoded).toBeLessThanOrEqual(MAX_DECODED * 40_000);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("an input with more findings than are listed is not read to its end", () => {
    const many = `${short}\n`.repeat(2 * MAX_DETECTIONS);
    const work = noWork();
    detectCounted(Buffer.from(many), null, new Date(0), work);
    expect(work.hits).toBeLessThan(1.6 * MAX_DETECTIONS * 3);
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

test("more findings than are listed for one input are reported as cut", () => {
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

describe("a budget of work", () => {
  const many = Buffer.from(`${short}\n`.repeat(5000));
  const within = (budget: number, chunk: number, work = noWork()) => {
    const detector = createDetector(null, undefined, { work, budget });
    for (let at = 0; at < many.length; at += chunk) detector.push(many.subarray(at, at + chunk));
    return { detected: detector.finish(), work };
  };

  test("that is enough changes nothing", () => {
    expect(within(Infinity, 1000).detected).toEqual(detect(many, null));
    expect(within(Infinity, 1000).detected.overBudget).toBeUndefined();
  });

  test("that runs out is reported, and not exceeded", () => {
    const { detected, work } = within(100_000, 1000);
    expect(detected.overBudget).toBe(true);
    expect(work.hits + work.read).toBeLessThanOrEqual(100_000);
  });

  test("runs out in the same place however the bytes arrive", () => {
    const whole = within(700_000, many.length).detected;
    for (const chunk of [100, 4096, 70_001]) expect(within(700_000, chunk).detected).toEqual(whole);
  });

  test("that runs out long before the end leaves every line number right, however the bytes arrive", () => {
    const text = Buffer.from(`a\nb ${short}\n`.repeat(120_000));
    const detector = createDetector(null, undefined, { work: noWork(), budget: 2_500_000 });
    for (let at = 0; at < text.length; at += 65_536) detector.push(text.subarray(at, at + 65_536));
    const { detections, overBudget } = detector.finish();
    expect(overBudget).toBe(true);
    expect(detections.length).toBeGreaterThan(1000);
    expect(detections.map((one) => [one.line, one.column])).toEqual(
      detections.map((_, index) => [2 * index + 2, 3]),
    );
  });

  test("is shared by detectors that share their work", () => {
    const work = noWork();
    within(100_000, 1000, work);
    expect(within(100_000, 1000, work).detected).toMatchObject({ detections: [], overBudget: true });
  });
});
