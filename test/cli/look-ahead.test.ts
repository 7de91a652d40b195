import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyOf } from "../../fixtures/keys.ts";
import { lookAhead } from "../../src/cli/ahead.ts";
import type { SeenStep } from "../../src/cli/ahead.ts";
import { LookThreads } from "../../src/cli/look-threads.ts";
import { walk } from "../../src/cli/walk.ts";
import { runJson } from "../support/run-command.ts";

const FILES = 2600;
const KEY = keyOf("sk_live_");
const CONTENTS: readonly [RegExp, string | Uint8Array][] = [
  [/00\.txt$/, `STRIPE_KEY=${KEY}\n`],
  [/33\.txt$/, gzipSync(`key = "${KEY}"\n`)],
  [/44\.txt$/, ""],
  [/55\.txt$/, "x".repeat(200_000)],
];

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "rollcall-ahead-"));
  for (let file = 0; file < FILES; file++) {
    const folder = join(root, String(Math.floor(file / 500)));
    if (file % 500 === 0) mkdirSync(folder);
    const name = `${String(file).padStart(5, "0")}.txt`;
    writeFileSync(join(folder, name), CONTENTS.find(([names]) => names.test(name))?.[1] ?? `file ${file}\n`);
  }
  symlinkSync("nowhere", join(root, "4", "link"));
  mkdirSync(join(root, "9", KEY), { recursive: true });
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Of a file without content of its own: `file 12` and a line feed. */
function sizeOf(path: string): number {
  return `file ${Number(basename(path, ".txt"))}\n`.length;
}

async function seenFrom(many: number): Promise<readonly SeenStep[]> {
  const steps: SeenStep[] = [];
  for await (const seen of lookAhead(walk([root], null), many)) steps.push(...seen);
  return steps;
}

describe("looking ahead", () => {
  test("keeps every step in its order", async () => {
    const steps = [...walk([root], null)];
    expect((await seenFrom(10)).map(({ step }) => step)).toEqual(steps);
    expect((await seenFrom(Infinity)).map(({ step }) => step)).toEqual(steps);
  });

  test("says of nothing that holds a key, is an archive, is empty or large that it is done with", async () => {
    const wrong = (await seenFrom(10)).filter(
      ({ step, cleanSize }) =>
        cleanSize !== null && (step.kind !== "file" || CONTENTS.some(([names]) => names.test(step.path))),
    );
    expect(wrong).toEqual([]);
  });

  test("is done with nearly every file", async () => {
    const clean = (await seenFrom(10)).filter(({ cleanSize }) => cleanSize !== null);
    expect(clean.length).toBeGreaterThan(FILES * 0.9);
    expect(clean.every(({ step, cleanSize }) => "path" in step && cleanSize === sizeOf(step.path))).toBe(
      true,
    );
  });

  test("a scan of many files reports the same as scans of each folder", async () => {
    const { report } = await runJson([root]);
    const folders = readdirSync(root).map((folder) => join(root, folder));
    const apart = await Promise.all(folders.map((folder) => runJson([folder])));

    expect(report.findings).toEqual(apart.flatMap((one) => one.report.findings));
    expect(report.findings).toHaveLength(2 * (FILES / 100) + 1);
  });
});

test("what a thread that died was asked is left to the caller", async () => {
  const threads = LookThreads.start();
  if (threads === null) return;
  const number = threads.ask([join(root, "0/00001.txt")]);
  await threads.close();
  if (number === null) throw new Error("A thread that has nothing to do takes what it is asked.");
  await threads.wait(number);
  expect([null, Int32Array.of(7)]).toContainEqual(threads.take(number));
});
