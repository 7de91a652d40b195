import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { createDetectionPool, scanContent } from "../../../src/scan/index.ts";
import type { ContentRequest } from "../../../src/scan/detection/content.ts";
import { fromWire, toWire } from "../../../src/scan/detection/wire.ts";
import { NOW } from "../../support/job-context.ts";
import { zip } from "../../../fixtures/archives.ts";
import { keyOf } from "../../../fixtures/keys.ts";

const KEY = keyOf("sk_live_", "pool");
const LARGE = 200_000;

const pool = createDetectionPool({ threads: 1 });
afterAll(() => pool.close());

const whole = (path: string | null, bytes: Uint8Array): ContentRequest => ({
  path,
  now: NOW,
  content: { kind: "whole", bytes, hunks: null },
});
const padded = (text: string): Buffer => Buffer.from(text + "\nnothing to see".repeat(LARGE / 15));

const REQUESTS: readonly (readonly [string, ContentRequest])[] = [
  ["a small text", whole("a.ts", Buffer.from("nothing"))],
  ["a small text with a key", whole("a.ts", Buffer.from(`stripe("${KEY}")`))],
  ["a large text with a key", whole("a.ts", padded(`stripe("${KEY}")`))],
  ["a message", whole(null, Buffer.from(`Use ${KEY}`))],
  ["an archive", whole("a.zip", zip([{ name: "b", bytes: Buffer.from(KEY) }]))],
  ["a file that is over the budget", whole("a.txt", Buffer.from("sk_live_".repeat(1_500_000)))],
  [
    "hunks",
    {
      path: "a.ts",
      now: NOW,
      content: {
        kind: "hunks",
        hunks: [
          { newStart: 3, text: padded(`stripe("${KEY}")`), added: [{ first: 3, last: 3 }] },
          { newStart: 90_000, text: padded(KEY), added: [{ first: 1, last: 2 }] },
        ],
      },
    },
  ],
  [
    "a whole file with its hunks",
    {
      path: "a.ts",
      now: NOW,
      content: {
        kind: "whole",
        bytes: padded(`${KEY}\n${KEY}`),
        hunks: [{ newStart: 1, text: Buffer.from(`${KEY}\n`), added: [{ first: 1, last: 1 }] }],
      },
    },
  ],
];

test.each(REQUESTS)("%s: a thread answers as this one does", async (_, request) => {
  expect(await pool.scanContent(request)).toEqual(structuredClone(await scanContent(request)));
});

test("what a thread answers holds no key", async () => {
  const text = JSON.stringify(await pool.scanContent(whole("a.ts", padded(KEY))));
  expect(text).toContain(`sk_live_…${KEY.slice(-4)}`);
  expect(text).not.toContain(KEY.slice(20, 40));
});

test("the caller keeps its bytes", async () => {
  const shared = padded(KEY);
  await pool.scanContent(whole("a.ts", shared.subarray(10)));
  expect(shared.subarray(0, KEY.length).toString()).toBe(KEY);
});

test("while a thread searches, this one has its turns", async () => {
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  await pool.scanContent(whole("a.env", Buffer.from(`${KEY}\n`.repeat(5000))));
  clearInterval(counting);
  expect(turns).toBeGreaterThanOrEqual(2);
});

test("many small files take turns too", async () => {
  let turns = 0;
  let isOver = false;
  const take = (): void => {
    turns += 1;
    if (!isOver) setImmediate(take);
  };
  setImmediate(take);
  for (let file = 0; file < 200; file++)
    await pool.scanContent(whole("a.ts", Buffer.from("nothing to see\n".repeat(4000))));
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(5);
});

test("a request is the same after it crossed", async () => {
  const hunks = fc.array(
    fc.record({
      newStart: fc.nat(),
      text: fc.uint8Array({ maxLength: 50 }),
      added: fc.array(fc.record({ first: fc.nat(), last: fc.nat() }), { maxLength: 5 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(hunks, fc.uint8Array(), async (parts, bytes) => {
      const inHunks: ContentRequest = { path: "a", now: NOW, content: { kind: "hunks", hunks: parts } };
      expect(fromWire(await toWire(inHunks))).toEqual(inHunks);
      const places = parts.map((hunk) => ({ ...hunk, text: new Uint8Array(0) }));
      const inWhole = whole("a", bytes);
      expect(fromWire(await toWire(inWhole))).toEqual(inWhole);
      const content = { kind: "whole" as const, bytes, hunks: parts };
      expect(fromWire(await toWire({ ...inWhole, content }))).toEqual({
        ...inWhole,
        content: { ...content, hunks: places },
      });
    }),
  );
});

test("a patch of very many hunks crosses in turns", async () => {
  const added = Array.from({ length: 600_000 }, (_, index) => ({
    first: 2 * index + 1,
    last: 2 * index + 1,
  }));
  const content = { kind: "hunks" as const, hunks: [{ newStart: 1, text: Buffer.from("a\n"), added }] };
  let turns = 0;
  let isOver = false;
  const take = (): void => {
    turns += 1;
    if (!isOver) setImmediate(take);
  };
  setImmediate(take);
  await toWire({ path: "a.ts", now: NOW, content });
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(3);
});

describe("a thread whose memory runs out", () => {
  const hungry = createDetectionPool({
    threads: 1,
    threadMb: 32,
    worker: new URL("../../support/hungry-worker.ts", import.meta.url),
  });
  afterAll(() => hungry.close());

  test("costs its file a gap, and the next file is searched", async () => {
    const lost = await hungry.scanContent(whole("big", Buffer.alloc(LARGE)));
    expect(lost).toMatchObject({
      findings: [],
      gaps: [
        { reason: "too_large", path: "big", detail: "searching it needs more memory than one file is given" },
      ],
      isOverBudget: true,
    });
    expect(await hungry.scanContent(whole("small", Buffer.alloc(LARGE)))).toMatchObject({ gaps: [] });
  });

  test("is not asked for small text that takes little work", async () => {
    expect(await hungry.scanContent(whole("big", Buffer.from(KEY)))).toMatchObject({
      findings: [{ line: 1 }],
    });
  });

  test("is asked for small text that takes much", async () => {
    const { gaps } = await hungry.scanContent(whole("big", Buffer.from("sk_live_".repeat(7000))));
    expect(gaps).toMatchObject([{ reason: "too_large" }]);
  });

  test("is asked for small archives", async () => {
    const { gaps } = await hungry.scanContent(whole("big", gzipSync("x")));
    expect(gaps).toMatchObject([{ reason: "too_large" }]);
  });
});
