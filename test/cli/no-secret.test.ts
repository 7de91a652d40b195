import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { random } from "../../bench/compare/keys.ts";
import { FORMS } from "../../bench/compare/leaks.ts";
import { FORMATS } from "../../src/report/index.ts";
import { runCommand } from "../support/run-command.ts";

const SEEDS = [1, 2, 3, 4];
/** Characters of a secret that may never stand together in a report; the last four are shown. */
const WINDOW = 7;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "rollcall-no-secret-"));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Characters of a body of 99 that name the account, which a report shows: docs/stripe-keys.md. */
const ACCOUNT = 17;

/** Every piece of the key's body, as itself and as base64 at each of the three offsets shows it. */
function pieces(key: string): string[] {
  const body = key.slice(key.lastIndexOf("_") + 1);
  const secret = body.length === 99 ? body.slice(ACCOUNT) : body;
  const encoded = ["", "x", "xy"].map((before) =>
    Buffer.from(`${before}${key}`).toString("base64").slice(16, -4),
  );
  return [secret, ...encoded].flatMap((text) =>
    Array.from({ length: Math.max(0, text.length - WINDOW + 1) }, (_, start) =>
      text.slice(start, start + WINDOW),
    ),
  );
}

describe.each(FORMS)("$group: $name", ({ write, file }) => {
  test.each(FORMATS.map(({ name: format }) => format))(
    "the %s report holds no piece of the key",
    async (format) => {
      for (const seed of SEEDS) {
        const { key, content } = write(random(seed));
        const path = join(root, file);
        writeFileSync(path, content);
        const outcomes = [
          await runCommand(["--format", format, path]),
          await runCommand(["--format", format, "--stdin"], [content]),
        ];
        for (const { code, out, err } of outcomes) {
          expect(code).toBe(1);
          expect(pieces(key).filter((piece) => out.includes(piece) || err.includes(piece))).toEqual([]);
        }
      }
    },
  );
});

test("a line with keys in several forms shows none of them", async () => {
  for (const seed of SEEDS) {
    const leaks = FORMS.map(({ write }, index) => write(random(seed * 100 + index))).filter(
      ({ content }) => typeof content === "string" && content.trim().split("\n").length === 1,
    );
    const line = leaks.map(({ content }) => String(content).trim()).join(" ; ");
    expect(leaks.length).toBeGreaterThan(15);
    const { out } = await runCommand(["--stdin"], [line]);
    for (const { key } of leaks) {
      expect(pieces(key).filter((piece) => out.includes(piece))).toEqual([]);
    }
  }
});
