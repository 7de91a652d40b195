import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRandom, keyOf } from "../../fixtures/keys.ts";
import { FORMS } from "../../bench/compare/leaks.ts";
import { PACKED } from "../../bench/compare/packed.ts";
import { FORMATS } from "../../src/report/index.ts";
import * as fc from "fast-check";
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

describe.each([...FORMS, ...PACKED])("$group: $name", ({ group, write, file }) => {
  test.each(FORMATS.map(({ name: format }) => format))(
    "the %s report holds no piece of the key",
    async (format) => {
      for (const seed of SEEDS) {
        const { key, content } = write(createRandom(seed));
        const path = join(root, file);
        writeFileSync(path, content);
        const outcomes = [
          await runCommand(["--format", format, path]),
          // Standard input is text: no archive is opened there.
          ...(group === "Archives" ? [] : [await runCommand(["--format", format, "--stdin"], [content])]),
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
    const leaks = FORMS.map(({ write }, index) => write(createRandom(seed * 100 + index))).filter(
      ({ content }) => typeof content === "string" && content.trim().split("\n").length === 1,
    );
    const line = leaks.map(({ content }) => String(content).trim()).join(" ; ");
    expect(leaks.length).toBeGreaterThan(15);
    const { out } = await runCommand(["--stdin"], [line]);
    for (const { key } of leaks) expect(pieces(key).filter((piece) => out.includes(piece))).toEqual([]);
  }
});

test("no report holds an opaque token that is next to a key", async () => {
  const token = fc.uint8Array({ minLength: 12, maxLength: 40 }).chain((bytes) => {
    const buffer = Buffer.from(bytes);
    const prefixes = ["", "ghp_", "AKIA", "xoxb-", "Basic ", "password="];
    const encodings = ["base64", "base64url", "hex"] as const;
    return fc
      .tuple(fc.constantFrom(...prefixes), fc.constantFrom(...encodings))
      .map(([prefix, encoding]) => prefix + buffer.toString(encoding));
  });
  const glue = fc.constantFrom(" ", ", ", '", "', "=", ":", "; ", "@", "/", "&");
  const live = keyOf("sk_live_");
  await fc.assert(
    fc.asyncProperty(token, glue, token, glue, async (before, left, after, right) => {
      const line = `config = "${before}${left}${live}${right}${after}"`;
      for (const { name } of FORMATS) {
        const { out, err } = await runCommand(["--format", name, "--stdin"], [line]);
        const shown = [before, after].flatMap((text) =>
          Array.from({ length: text.length - 9 }, (_, start) => text.slice(start, start + 10)),
        );
        expect(
          shown.filter((piece) => !/^(?:password|Basic )/.test(piece) && (out + err).includes(piece)),
        ).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});
