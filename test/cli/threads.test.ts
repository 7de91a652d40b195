import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { jsonReportSchema } from "../../src/report/index.ts";
import { certainKey } from "./sample-keys.ts";

const FILES = 400;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rollcall-threads-"));
  for (let number = 0; number < FILES; number += 1) {
    const folder = join(root, String(number % 7));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${number}.txt`), `stripe = ${certainKey("sk_live_", number)}\n`);
  }
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Runs with a clock that advances by `step` at each look: far enough, and other threads are started. */
async function scan(step: number): Promise<string> {
  let out = "";
  let time = 0;
  await run(["--format", "json", root], {
    stdin: noInput(),
    stdout: { write: (text) => (out += text) },
    stderr: { write: () => true },
    colour: false,
    version: "1.2.3",
    now: new Date("2026-11-22T00:00:00Z"),
    milliseconds: () => (time += step),
  });
  return out;
}

async function* noInput(): AsyncGenerator<Uint8Array> {
  // Nothing stands on standard input.
}

test("a scan by several threads gives what a scan by one gives, in the same order", async () => {
  const alone = await scan(0);
  expect(jsonReportSchema.parse(JSON.parse(alone)).findings).toHaveLength(FILES);
  expect(await scan(100_000)).toBe(alone);
});
