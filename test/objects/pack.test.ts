import { constants, deflateSync } from "node:zlib";
import { array, assert, constantFrom, nat, oneof, property, record, string, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { compileKernel } from "../../prefilter/build.ts";
import { startPackKernel, SLACK } from "../../src/objects/pack/pack-kernel-calls.ts";
import { KERNEL } from "../../src/objects/pack/pack-kernel.ts";
import { parsePackIndex } from "../../src/objects/index.ts";

const SIZE = 8 << 20;
const memory = new WebAssembly.Memory({ initial: SIZE / 65_536 });
const bytes = new Uint8Array(memory.buffer);
const kernel = startPackKernel(memory);
const SOURCE = kernel.free + SLACK;
const TARGET = SOURCE + (1 << 20);

/** Null where the kernel says that the packed bytes are not these. */
function inflated(packed: Uint8Array, size: number): Buffer | null {
  bytes.set(packed, SOURCE);
  const isRight = kernel.inflate(SOURCE, packed.length, TARGET, size) === 0;
  return isRight ? Buffer.from(bytes.slice(TARGET, TARGET + size)) : null;
}

const text = array(
  oneof(string({ maxLength: 30 }), constantFrom("const ", "return value;\n", "aaaaaaaaaaaa")),
  {
    maxLength: 400,
  },
).map((parts) => Buffer.from(parts.join("")));
const anyBytes = oneof(
  text,
  uint8Array({ maxLength: 3000 }).map((each) => Buffer.from(each)),
);
const EMPTY = Buffer.alloc(0);
const options = record({
  level: nat(9),
  strategy: constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FILTERED,
  ),
});

describe("inflating", () => {
  test("gives back what zlib deflated, in every kind of block", () => {
    assert(
      property(anyBytes, options, (original, how) => {
        expect(inflated(deflateSync(original, how), original.length)).toEqual(original);
      }),
      { numRuns: 1000 },
    );
  });

  test("long texts, which have blocks of their own codes", () => {
    const long = Buffer.from(
      Array.from({ length: 40_000 }, (_, line) => `${line * 7919}: ${(line * line).toString(36)}`).join("\n"),
    );
    for (const level of [0, 1, 6, 9])
      expect(inflated(deflateSync(long, { level }), long.length)?.equals(long)).toBe(true);
  });

  test("a damaged or cut entry, or one of another size, is refused", () => {
    assert(
      property(anyBytes, options, nat(), nat(254), (original, how, place, change) => {
        const packed = deflateSync(original, how);
        const damaged = Buffer.from(packed);
        const at = place % damaged.length;
        damaged[at] = (damaged[at] ?? 0) ^ (change + 1);
        const result = inflated(damaged, original.length);
        // What differs may be a bit that says nothing, such as the level of compression.
        expect(result ?? original).toEqual(original);
        expect(inflated(packed.subarray(0, at), original.length)).toBeNull();
        expect(inflated(packed, original.length + 1)).toBeNull();
        expect(inflated(packed, Math.max(0, original.length - 1)) ?? EMPTY).toEqual(EMPTY);
      }),
      { numRuns: 1000 },
    );
  });

  test("any bytes at all end it", () => {
    assert(
      property(uint8Array({ maxLength: 300 }), nat(5000), (noise, size) => {
        expect(inflated(Buffer.concat([Buffer.of(0x78, 0x9c), noise]), size)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});

interface Copy {
  readonly from: number;
  readonly length: number;
}
type Step = Uint8Array | Copy;

function numberOf(value: number): number[] {
  const digits = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    digits.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return digits;
  }
}

/** A delta as git writes it (gitformat-pack). */
function deltaOf(baseLength: number, size: number, steps: readonly Step[]): Buffer {
  const parts = steps.flatMap((step) =>
    step instanceof Uint8Array
      ? [step.length, ...step]
      : [
          0xb7,
          step.from & 255,
          (step.from >> 8) & 255,
          (step.from >> 16) & 255,
          step.length & 255,
          step.length >> 8,
        ],
  );
  return Buffer.from([...numberOf(baseLength), ...numberOf(size), ...parts]);
}

const steps = array(
  oneof(
    uint8Array({ minLength: 1, maxLength: 127 }),
    record({ from: nat(1999), length: nat(700).map((length) => length + 1) }),
  ),
  { maxLength: 30 },
);

describe("applying a delta", () => {
  const base = Buffer.from(Array.from({ length: 2000 }, (_, at) => (at * 31) % 251));

  test("makes the result, and names all of it that is not copied in one piece", () => {
    assert(
      property(steps, nat(40), nat(40), (given, before, after) => {
        const each = given.map((step) =>
          step instanceof Uint8Array
            ? step
            : { ...step, length: Math.min(step.length, base.length - step.from) },
        );
        const made = each.map((step) =>
          step instanceof Uint8Array ? step : base.subarray(step.from, step.from + step.length),
        );
        const expected = Buffer.concat(made);
        const delta = deltaOf(base.length, expected.length, each);
        bytes.set(base, SOURCE);
        bytes.set(delta, SOURCE + 4096);
        const size = kernel.applyDelta(
          SOURCE,
          base.length,
          SOURCE + 4096,
          delta.length,
          TARGET,
          1 << 20,
          before,
          after,
        );
        expect(size).toBe(expected.length);
        expect(Buffer.from(bytes.slice(TARGET, TARGET + size)).equals(expected)).toBe(true);
        const words = new Uint32Array(memory.buffer, kernel.parts, 2 * kernel.partCount());
        const isNamed = new Set<number>();
        for (let part = 0; part < words.length; part += 2)
          for (let at = words[part] ?? 0; at < (words[part + 1] ?? 0); at++) isNamed.add(at);

        // Whatever is not named lies in one copy, with so many bytes around it.
        const origin = each.flatMap((step) =>
          step instanceof Uint8Array
            ? Array.from(step, () => -1)
            : Array.from({ length: step.length }, (_, index) => step.from + index),
        );
        const isCopied = (place: number): boolean => {
          const from = origin[place] ?? -1;
          if (from < 0) return false;
          for (let near = place - after; near < place + before; near++) {
            // Beyond the ends of the result are the ends of the base.
            const wanted = from + near - place;
            const isInside = near >= 0 && near < size;
            if (isInside ? origin[near] !== wanted : wanted >= 0 && wanted < base.length) return false;
          }
          return true;
        };
        const missed = Array.from(origin.keys()).filter((place) => !isNamed.has(place) && !isCopied(place));
        expect(missed).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("one that reaches out of its base, or is for another, is refused", () => {
    const apply = (delta: Buffer, most = 1 << 20): number => {
      bytes.set(base, SOURCE);
      bytes.set(delta, SOURCE + 4096);
      return kernel.applyDelta(SOURCE, base.length, SOURCE + 4096, delta.length, TARGET, most, 0, 0);
    };
    const whole: readonly Step[] = [{ from: 0, length: 2000 }];
    expect(apply(deltaOf(2000, 2000, whole))).toBe(2000);
    expect(apply(deltaOf(1999, 2000, whole))).toBe(-1);
    expect(apply(deltaOf(2000, 1999, whole))).toBe(-1);
    expect(apply(deltaOf(2000, 2001, whole))).toBe(-1);
    expect(apply(deltaOf(2000, 2000, [{ from: 1, length: 2000 }]))).toBe(-1);
    expect(apply(deltaOf(2000, 2000, whole), 1999)).toBe(-1);
    expect(apply(Buffer.concat([deltaOf(2000, 2000, []), Buffer.of(0)]))).toBe(-1);
    expect(apply(deltaOf(2000, 2000, whole).subarray(0, -1))).toBe(-1);
  });
});

test("an index that is cut or of another version is refused", () => {
  expect(parsePackIndex(Buffer.alloc(0), 20)).toBeNull();
  expect(parsePackIndex(Buffer.alloc(2000), 20)).toBeNull();
  const head = Buffer.alloc(2000);
  head.writeUInt32BE(0xff74_4f63, 0);
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(1000, 8 + 1020);
  expect(parsePackIndex(head, 20)).toBeNull();
});

test("the committed kernel is what its source compiles to", { timeout: 60_000 }, () => {
  expect(KERNEL).toBe(compileKernel("pack"));
});
