import { gzipSync, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ARCHIVES, COMPRESSIONS, tar, xz, zip } from "../../fixtures/archives.ts";
import { bzip2 } from "../../fixtures/bzip2-writer.ts";
import { unpacked } from "../support/recording-visitor.ts";

const TEXT = "the quick brown fox, the quick brown fox\n".repeat(3);
const bytes = Buffer.from(TEXT);

describe("one file, compressed", () => {
  test.each(COMPRESSIONS)("%s", async (ending, pack) => {
    const { texts, unopened, notRead } = await unpacked(pack(bytes), `fox.txt${ending}`);
    expect(texts).toEqual({ [`fox.txt${ending}>fox.txt`]: TEXT });
    expect([...unopened, ...notRead]).toEqual([]);
  });

  test.each(COMPRESSIONS.filter(([ending]) => ending !== ".br"))("%s under any name", async (_, pack) => {
    expect((await unpacked(pack(bytes), "backup")).texts).toEqual({ "backup>backup": TEXT });
  });

  test.each(COMPRESSIONS)("%s of nothing holds nothing", async (ending, pack) => {
    const { texts, unopened } = await unpacked(pack(Buffer.alloc(0)), `fox.txt${ending}`);
    expect(texts).toEqual({ [`fox.txt${ending}>fox.txt`]: "" });
    expect(unopened).toEqual([]);
  });

  test.each([
    [
      "bzip2",
      "QlpoOTFBWSZTWaCYW3QAADRRgAAQQAQbabbAIABQppkYmJiCKoNqG1D1PUtyMjyMO7AyMjqND8PY2NjQwNDo02Ng/i7kinChIUEwtug=",
    ],
    [
      "xz",
      "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AB6ACBdADoaCM52x+Xp1gc0w9EOv85V4aq95GlU3zWA0OLV6UCAAFnQiQ6ssQs8AAE8e2BkopQftvN9AQAAAAAEWVo=",
    ],
  ])("as the program %s writes it", async (_, base64) => {
    expect((await unpacked(Buffer.from(base64, "base64"), "fox")).texts).toEqual({ "fox>fox": TEXT });
  });

  test.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
    ["bzip2", bzip2],
    ["xz", xz],
  ] as const)("%s: several streams in one file are all read", async (_, pack) => {
    const many = Buffer.concat([
      pack(Buffer.from("one ")),
      pack(Buffer.from("two ")),
      pack(Buffer.from("three")),
    ]);
    expect((await unpacked(many, "a")).texts).toEqual({ "a>a": "one two three" });
  });

  test("a long file comes whole", async () => {
    const long = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index}\n`).join(""));
    for (const [ending, pack] of COMPRESSIONS) {
      const { files } = await unpacked(pack(long), `long${ending}`);
      expect(files[`long${ending}>long`]?.equals(long)).toBe(true);
    }
  });
});

describe("an archive", () => {
  test.each(ARCHIVES)("%s with files in folders", async (ending, pack) => {
    const files = [
      { name: "a.txt", bytes },
      { name: "deep/er/b.txt", bytes: Buffer.from("b") },
    ];
    const { texts } = await unpacked(await pack(files), `all${ending}`);
    expect(texts).toEqual({ [`all${ending}>a.txt`]: TEXT, [`all${ending}>deep/er/b.txt`]: "b" });
  });

  test("is recognized by its content: a tar archive named like a text", async () => {
    expect((await unpacked(await tar([{ name: "a", bytes }]), "notes.txt")).texts).toEqual({
      "notes.txt>a": TEXT,
    });
  });

  test("has its own bytes handed over too", async () => {
    const archive = zip([{ name: "a", bytes }]);
    expect((await unpacked(archive, "x.zip")).files["x.zip"]?.equals(archive)).toBe(true);
  });

  test("with methods of compression that newer programs use", async () => {
    const methods = [
      [12, bzip2],
      [93, zstdCompressSync],
    ] as const;
    for (const [method, pack] of methods) {
      const { texts } = await unpacked(zip([{ name: "a", bytes: pack(bytes) }], { method }), "x.zip");
      expect(texts).toEqual({ "x.zip>a": TEXT });
    }
  });

  test.each(["../../etc/passwd", "/root/.ssh/id", "C:\\temp\\x", "a\u0000b", "ü/ß.txt", "line\nbreak"])(
    "hands the name %j over as it is, and opens nothing by it",
    async (name) => {
      const { texts } = await unpacked(zip([{ name, bytes }]), "x.zip");
      expect(texts).toEqual({ [`x.zip>${name.replaceAll("\\", "/")}`]: TEXT });
    },
  );
});

test.each(["hello, world\n", "BZh9 is how it begins", "PK is not enough", "", "\u001f\u008b"])(
  "%j is not a container",
  async (text) => {
    expect(await unpacked(Buffer.from(text, "latin1"), "a.txt")).toMatchObject({
      inside: 0,
      unopened: [],
      ended: 1,
    });
  },
);

test("a file whose name ends in .br need not be brotli", async () => {
  expect(await unpacked(Buffer.from("messages in Breton\n"), "messages.br")).toMatchObject({
    unopened: [],
    notRead: [],
    inside: 0,
  });
});

/** A container within a container, and so on, down to a text: the name of the outermost, its bytes, and where the text is. */
const nested = fc.array(
  fc.oneof(
    fc.constantFrom(...ARCHIVES).map(([ending, pack]) => ({ ending, pack, isArchive: true as const })),
    fc.constantFrom(...COMPRESSIONS).map(([ending, pack]) => ({ ending, pack, isArchive: false as const })),
  ),
  { minLength: 1, maxLength: 5 },
);

test("any format packed in any other: the text comes out at the end of its path", async () => {
  await fc.assert(
    fc.asyncProperty(nested, fc.string({ minLength: 1 }), async (layers, secret) => {
      let content: Buffer = Buffer.from(`text ${secret}`);
      let name = "secret.txt";
      let path = name;
      for (const [index, layer] of layers.entries()) {
        content = layer.isArchive ? await layer.pack([{ name, bytes: content }]) : layer.pack(content);
        name = layer.isArchive ? `layer${index}${layer.ending}` : `${name}${layer.ending}`;
        path = `${name}>${path}`;
      }
      const { texts, unopened, notRead } = await unpacked(content, name);
      expect(texts[path]).toBe(`text ${secret}`);
      expect([...unopened, ...notRead]).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
