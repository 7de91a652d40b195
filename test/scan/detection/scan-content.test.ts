import { brotliCompressSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scanContent } from "../../../src/scan/index.ts";
import { MAX_CONTENT_FINDINGS } from "../../../src/scan/detection/content.ts";
import { NOW } from "../../support/job-context.ts";
import { ARCHIVES, COMPRESSIONS, tar, zip } from "../../../fixtures/archives.ts";
import { keyOf } from "../../../fixtures/keys.ts";

const KEY = keyOf("sk_live_", "packed");
const OTHER = keyOf("rk_live_", "other");

function scanWhole(path: string, bytes: Uint8Array) {
  return scanContent({ path, now: NOW, content: { kind: "whole", bytes, hunks: null } });
}

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) });

describe("a key in an archive", () => {
  test.each(ARCHIVES)("%s is reported once, by the path and line inside", async (ending, pack) => {
    const bytes = await pack([file("config/pay.env", `# settings\nSTRIPE=${KEY}\n`)]);
    const { findings, gaps } = await scanWhole(`app/bundle${ending}`, bytes);
    expect(findings).toMatchObject([
      {
        path: `app/bundle${ending}!config/pay.env`,
        line: 2,
        column: 8,
        place: "content",
        kind: "secret_key",
      },
    ]);
    expect(gaps).toEqual([]);
  });

  test.each(COMPRESSIONS)("%s is reported by the name without its end", async (ending, pack) => {
    const { findings } = await scanWhole(`logs/a.txt${ending}`, pack(Buffer.from(`\n${KEY}\n`)));
    expect(findings).toMatchObject([{ path: `logs/a.txt${ending}!a.txt`, line: 2 }]);
  });

  test.each(COMPRESSIONS)("tar%s: the compression adds nothing to the path", async (ending, pack) => {
    const bytes = pack(await tar([file("config/pay.env", `STRIPE=${KEY}\n`)]));
    const { findings } = await scanWhole(`a.tar${ending}`, bytes);
    expect(findings).toMatchObject([{ path: `a.tar${ending}!config/pay.env`, line: 1 }]);
  });

  test("in an archive in an archive", async () => {
    const inner = zip([file("pay.env", KEY)]);
    const { findings } = await scanWhole("a.zip", zip([{ name: "lib/b.jar", bytes: inner }]));
    expect(findings).toMatchObject([{ path: "a.zip!lib/b.jar!pay.env" }]);
  });

  test("in two files is reported in both", async () => {
    const { findings } = await scanWhole("a.zip", zip([file("a", KEY), file("b", KEY)]));
    expect(findings.map(({ path }) => path)).toEqual(["a.zip!a", "a.zip!b"]);
  });

  test("outside its files, as in a comment at the end, is reported at the archive's own path", async () => {
    const bytes = Buffer.concat([zip([file("a", KEY)]), Buffer.from(`\nSTRIPE=${OTHER}\n`)]);
    const { findings } = await scanWhole("a.zip", bytes);
    expect(findings.map(({ path, kind }) => [path, kind])).toContainEqual(["a.zip", "restricted_key"]);
  });

  test("as the name of a file is reported as a name, once and redacted", async () => {
    const { findings } = await scanWhole("a.zip", zip([file(`keys/${KEY}.txt`, "nothing")]));
    expect(findings).toMatchObject([{ place: "path" }]);
    expect(findings[0]?.path).toBe(`a.zip!keys/sk_live_…${KEY.slice(-4)}.txt`);
  });

  test("the path leads to it, whatever it is packed in", async () => {
    const layer = fc.constantFrom(...ARCHIVES);
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 4 }), async (layers) => {
        let path = "deep/pay.env";
        let bytes: Buffer = Buffer.from(`\n\nSTRIPE_KEY = "${KEY}"\n`);
        let name = path;
        for (const [index, [ending, pack]] of layers.entries()) {
          bytes = await pack([{ name, bytes }]);
          name = `layer${index}${ending}`;
          path = `${name}!${path}`;
        }
        const { findings } = await scanWhole(name, bytes);
        expect(findings).toMatchObject([{ path, line: 3, column: 15 }]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("names out of an archive", () => {
  test.each([
    ["a\u001b[31mred", "a\\u{1b}[31mred"],
    ["right\u202eleft", "right\\u{202e}left"],
    ["two\nlines", "two\\u{a}lines"],
    ["../../up", "../../up"],
  ])("%j are shown without what changes the text around them", async (name, shown) => {
    const { findings } = await scanWhole("a.zip", zip([file(name, KEY)]));
    expect(findings).toMatchObject([{ path: `a.zip!${shown}` }]);
  });

  test("are shown up to a length", async () => {
    const { findings } = await scanWhole(
      "a.zip",
      zip([file("x/".repeat(5000), ""), file("y".repeat(5000), KEY)]),
    );
    expect(findings[0]?.path).toHaveLength("a.zip!".length + 251);
  });
});

describe("unread content is a gap", () => {
  test("a file that unpacks to far more than its size", async () => {
    const bytes = zip([file("a", KEY), { name: "bomb", bytes: Buffer.alloc(80_000_000) }]);
    const { findings, gaps } = await scanWhole("a.zip", bytes);
    expect(findings).toMatchObject([{ path: "a.zip!a" }]);
    expect(gaps).toMatchObject([
      { reason: "too_large", path: "a.zip", detail: "it unpacks to more than 200 times its size" },
    ]);
  });

  test("more findings than one file is reported with", async () => {
    const bytes = Buffer.from(`${KEY}\n`.repeat(MAX_CONTENT_FINDINGS + 1));
    for (const [path, packed] of [
      ["a.txt", bytes],
      ["a.txt.gz", gzipSync(bytes)],
    ] as const) {
      const { findings, gaps } = await scanWhole(path, packed);
      expect(findings).toHaveLength(MAX_CONTENT_FINDINGS);
      expect(gaps).toMatchObject([{ reason: "too_many_findings", path }]);
    }
  });

  test("a file that takes more work than one is given, however it comes", async () => {
    const bytes = Buffer.from("sk_live_".repeat(1_500_000));
    for (const [path, packed] of [
      ["a.txt", bytes],
      ["a.txt.gz", gzipSync(bytes)],
    ] as const) {
      const { gaps, isOverBudget } = await scanWhole(path, packed);
      expect(isOverBudget).toBe(true);
      expect(gaps).toMatchObject([{ reason: "too_large", path }]);
    }
  });

  test.each([
    ["encrypted", zip([file("a", "text")], { encrypted: true })],
    ["damaged", zip([file("a", "text")]).subarray(0, -8)],
    ["unsupported", zip([file("a", "text")], { method: 9 })],
  ])("but an archive that is %s is only named: its bytes were searched", async (reason, archive) => {
    const bytes = Buffer.concat([archive, Buffer.from(KEY)]);
    const { findings, gaps, unopened } = await scanWhole("a.zip", reason === "damaged" ? bytes : archive);
    expect(unopened).toMatchObject([{ path: "a.zip", reason }]);
    expect(gaps).toEqual([]);
    expect(findings).toHaveLength(reason === "damaged" ? 1 : 0);
  });
});

describe("hunks of a file that may be an archive", () => {
  const hunk = { newStart: 5, text: Buffer.from("nothing\n"), added: [{ first: 5, last: 5 }] };
  const scanHunks = (path: string, hunks = [hunk]) =>
    scanContent({ path, now: NOW, content: { kind: "hunks", hunks } });

  test.each(["a.zip", "lib/app.APK", "data.json.gz", "site.js.br"])("%s is wanted whole", async (path) => {
    expect((await scanHunks(path)).needsWhole).toBe(true);
  });

  test("a file that begins as one is wanted whole, whatever its name", async () => {
    const text = gzipSync("x").subarray(0, 15);
    const first = { newStart: 1, text, added: [{ first: 1, last: 1 }] };
    expect((await scanHunks("data", [first, hunk])).needsWhole).toBe(true);
  });

  test("any other is not", async () => {
    expect((await scanHunks("a.ts")).needsWhole).toBe(false);
  });

  test("a new file that is shown whole is unpacked at once", async () => {
    const text = brotliCompressSync(KEY);
    const lines = text.toString("latin1").split("\n").length;
    const { findings } = await scanHunks("key.txt.br", [
      { newStart: 1, text, added: [{ first: 1, last: lines }] },
    ]);
    expect(findings).toMatchObject([{ path: "key.txt.br!key.txt" }]);
  });
});

test("in a changed archive every finding inside its files counts, and outside them only those on added lines", async () => {
  const bytes = Buffer.concat([Buffer.from(await tar([file("a", `${KEY}\n`)])), Buffer.from(`\n${OTHER}\n`)]);
  const hunks = [{ newStart: 1, text: Buffer.alloc(0), added: [{ first: 1, last: 1 }] }];
  const { findings } = await scanContent({
    path: "a.tar",
    now: NOW,
    content: { kind: "whole", bytes, hunks },
  });
  expect(findings).toMatchObject([{ path: "a.tar!a", kind: "secret_key" }]);
});
