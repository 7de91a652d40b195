import { array, assert, constantFrom, nat, oneof, property, string, tuple, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { keyOf } from "../../fixtures/keys.ts";
import { NECESSARY } from "../../src/detect/engine/anchor-search.ts";
import { FORMS } from "../../src/detect/forms/index.ts";
import { Sieve, whichMayHoldCredential } from "../../src/detect/index.ts";
import type { Sifted } from "../../src/detect/index.ts";

const sieve = Sieve.create(4 << 20);
const key = keyOf("sk_live_", "sieve");
const examples = FORMS.flatMap((form) => form.examples.map((example) => Buffer.from(example.write(key))));

const noise = oneof(
  uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  string({ maxLength: 40 }).map((text) => Buffer.from(text)),
  nat(700).map((length) => Buffer.from("lorem ipsum\n".repeat(60).slice(0, length))),
);
const telling = oneof(
  constantFrom(...NECESSARY).map((anchor) => Buffer.from(anchor, "latin1")),
  constantFrom(...examples),
);
const version = tuple(array(noise, { maxLength: 3 }), telling, array(noise, { maxLength: 3 })).map(
  ([before, middle, after]) => ({
    bytes: Buffer.concat([...before, middle, ...after]),
    from: Buffer.concat(before).length,
    length: middle.length,
  }),
);

function begin(bytes: Uint8Array, base: "nothing" | "unlikely"): void {
  if (sieve === null) throw new Error("no SIMD");
  new Uint8Array(sieve.memory.buffer).set(bytes, sieve.memoryUsed);
  sieve.begin(sieve.memoryUsed, bytes.length, base);
}

/** What a text holds that is searched as a whole. */
function siftAll(bytes: Uint8Array): Sifted {
  begin(bytes, "nothing");
  sieve?.search(0, bytes.length);
  return sieve?.sifted ?? "likely";
}

/** What a text holds of which only `start..end` is not in its base. */
function siftPart(bytes: Uint8Array, base: "nothing" | "unlikely", start: number, end: number): Sifted {
  begin(bytes, base);
  const { before, after } = sieve?.marginFor(base) ?? { before: 0, after: 0 };
  sieve?.search(Math.max(0, start - before), Math.min(bytes.length, end + after));
  return sieve?.sifted ?? "likely";
}

test("searching what an edit brought in, and around it, says what searching all says", () => {
  if (sieve === null) return;
  const seen = new Map<string, number>();
  assert(
    property(version, nat(), nat(), noise, ({ bytes, from, length }, a, b, replaced) => {
      // The edit begins and ends in what tells, or near it.
      const first = Math.max(0, from - 20 + (a % (length + 40)));
      const start = Math.min(bytes.length, first);
      const end = Math.min(bytes.length, start + (b % 30));
      const base = siftAll(Buffer.concat([bytes.subarray(0, start), replaced, bytes.subarray(end)]));
      const all = siftAll(bytes);
      expect(all === "likely").toBe(whichMayHoldCredential([bytes])[0]);
      const part = base === "likely" ? all : siftPart(bytes, base, start, end);
      expect(part === "likely").toBe(all === "likely");
      // "Unlikely" may stay after the anchor is gone.
      if (part === "nothing" && all !== "nothing") throw new Error("an anchor was missed");
      seen.set(`${base} ${all}`, (seen.get(`${base} ${all}`) ?? 0) + 1);
    }),
    { numRuns: 20_000 },
  );
  for (const change of ["nothing likely", "nothing unlikely", "unlikely likely"])
    expect([...seen.keys()]).toContain(change);
});
