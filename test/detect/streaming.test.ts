import { array, assert, constantFrom, integer, nat, pre, property, record, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { BLOCK } from "../../src/detect/engine/block-scan.ts";
import { FORMS } from "../../src/detect/forms/index.ts";
import { createDetector, detect } from "../../src/detect/index.ts";
import type { Detected } from "../../src/detect/index.ts";
import { bodyOf, key } from "../../fixtures/keys.ts";

const PREFIXES = ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "sk_org_live_"];
const EXAMPLES = FORMS.flatMap((form) => form.examples);

const credential = record({
  prefix: constantFrom(...PREFIXES),
  length: constantFrom(24, 34, 99),
  seed: integer({ min: 1 }),
}).map(({ prefix, length, seed }) => key(prefix, bodyOf(prefix === "whsec_" ? 32 : length, seed)));
const surroundings = array(
  constantFrom(" ", "\n", "x = ", "stripe", "paystack", "é", "🔑", '"', "\\", "\0", "a", "=", "%", "&"),
  {
    maxLength: 12,
  },
);

/** What was found, with the secrets shown, for comparing. */
function shown({ detections, dismissals }: Detected): unknown {
  return [detections.map((one) => ({ ...one, secret: one.secret.reveal() })), dismissals];
}

function inChunks(bytes: Uint8Array, path: string | null, cuts: readonly number[]): Detected {
  const detector = createDetector(path);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    detector.push(bytes.subarray(from, cut));
    from = Math.max(from, cut);
  }
  detector.push(bytes.subarray(from));
  return detector.finish();
}

test("any cuts give the answer of the whole", () => {
  assert(
    property(
      credential,
      constantFrom(...EXAMPLES),
      surroundings,
      surroundings,
      array(nat(2000), { maxLength: 8 }),
      (secret, example, before, after, cuts) => {
        const bytes = Buffer.from(before.join("") + example.write(secret) + after.join(""), "utf8");
        expect(shown(inChunks(bytes, null, cuts))).toEqual(shown(detect(bytes, null)));
      },
    ),
    { numRuns: 300 },
  );
});

test("a key in any form across the seam of two blocks is found once, at its place", () => {
  for (const [index, example] of EXAMPLES.entries()) {
    const secret = key("sk_live_", bodyOf(99, 60 + index));
    const text = `\n${example.write(secret)}\n`;
    for (const reach of [0.1, 0.5, 0.9]) {
      const pad = BLOCK - Math.floor(text.length * reach);
      const bytes = Buffer.alloc(pad + text.length + 9000, "- ");
      bytes.write("STRIPE\n", 0);
      bytes.write(text, pad, "latin1");
      const whole = detect(bytes, null);
      expect([example.name, ...whole.detections.map((one) => one.secret.reveal())]).toEqual([
        example.name,
        secret,
      ]);
      expect(whole.detections[0]?.line).toBeGreaterThan(2);
      expect(shown(inChunks(bytes, null, [pad, BLOCK - 1, BLOCK, BLOCK + 7]))).toEqual(shown(whole));
    }
  }
});

test("a context a megabyte away counts, in either direction", () => {
  const secret = key("sk_live_", bodyOf(24, 61));
  for (const text of [`stripe\n${"-\n".repeat(BLOCK)}${secret}`, `${secret}\n${"-\n".repeat(BLOCK)}stripe`]) {
    const bytes = Buffer.from(text);
    expect(detect(bytes, null).detections).toMatchObject([{ confidence: "high" }]);
    expect(shown(inChunks(bytes, null, [17, BLOCK]))).toEqual(shown(detect(bytes, null)));
  }
});

test("random bytes are nothing, and throw nothing", () => {
  assert(
    property(uint8Array({ maxLength: 4000 }), array(nat(4000), { maxLength: 5 }), (bytes, cuts) => {
      expect(shown(inChunks(bytes, null, cuts))).toEqual(shown(detect(bytes, null)));
    }),
  );
});

test("any key in any form in any text is found at its place", () => {
  const quiet = array(constantFrom("\n", " ", "x: ", "; ", "// note\n", "é ", "鍵 "), {
    maxLength: 20,
  });
  assert(
    property(credential, constantFrom(...EXAMPLES), quiet, quiet, (secret, example, before, after) => {
      const begin = `${before.join("")}\n`;
      // UTF-16 has lines of its own; the other forms stand in UTF-8.
      pre(!example.write("").includes("\0") || begin.length % 2 === 0);
      const bytes = Buffer.concat([
        Buffer.from(begin),
        Buffer.from(example.write(secret), "latin1"),
        // A blank line: base64 goes on over a line break, and an organization key has no length that ends it.
        Buffer.from(`\n\n${after.join("")}`),
      ]);
      const found = detect(bytes, null).detections;
      expect(found.map((one) => [one.secret.reveal(), one.encoding])).toEqual([[secret, example.encoding]]);
      const line = found[0]?.line ?? 0;
      expect(line).toBeGreaterThanOrEqual(begin.split("\n").length);
    }),
    { numRuns: 500 },
  );
});

test("lines and columns are those of the text decoded", () => {
  assert(
    property(surroundings, integer({ min: 1 }), (before, seed) => {
      const secret = key("sk_live_", bodyOf(99, seed));
      const text = `${before.join("").replaceAll(/[\\"=%&]/g, "")} ${secret}`;
      const lines = text.slice(0, text.indexOf(secret)).split("\n");
      expect(detect(Buffer.from(text), null).detections).toMatchObject([
        { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
      ]);
    }),
  );
});
