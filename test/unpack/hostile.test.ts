import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNPACK_LIMITS } from "../../src/unpack/index.ts";
import {
  COMPRESSIONS,
  tar,
  xz,
  zip,
  zipDirectoryEntry,
  zipEnd,
  zipLocalHeader,
} from "../../fixtures/archives.ts";
import { bzip2, bzip2WithRunawayRun } from "../../fixtures/bzip2-writer.ts";
import { unpacked } from "../support/recording-visitor.ts";

const SMALL = { ...UNPACK_LIMITS, bytes: 1_000_000, freeBytes: 100_000, entries: 50, heldBytes: 50_000 };

const text = (length: number): Buffer =>
  Buffer.from("0123456789abcde\n".repeat(Math.ceil(length / 16))).subarray(0, length);

describe("limits", () => {
  test("a compressed file that unpacks to far more than its size is not read to its end", async () => {
    const { notRead, inside } = await unpacked(gzipSync(Buffer.alloc(10_000_000)), "a.gz", {
      ...SMALL,
      ratio: 20,
    });
    expect(notRead).toEqual(["it unpacks to more than 20 times its size"]);
    expect(inside).toBeLessThan(300_000);
  });

  test.each([
    ["zstd", zstdCompressSync(Buffer.alloc(30_000_000))],
    ["bzip2", Buffer.concat(Array.from({ length: 30 }, () => bzip2(Buffer.alloc(40_000))))],
  ])("%s of zeros", async (_, bomb) => {
    const { notRead, inside } = await unpacked(bomb, "bomb", {
      ...SMALL,
      bytes: 500_000,
      freeBytes: 500_000,
    });
    expect(notRead).toHaveLength(1);
    expect(inside).toBeLessThan(700_000);
  });

  test("bytes count over all files of an archive", async () => {
    const files = Array.from({ length: 30 }, (_, index) => ({ name: `f${index}`, bytes: text(40_000) }));
    const { notRead, inside } = await unpacked(await tar(files), "a.tar", SMALL);
    expect(notRead).toEqual(["it unpacks to more than 1 MB"]);
    expect(inside).toBeLessThan(1_100_000);
  });

  test("files count over all levels", async () => {
    const inner = zip(Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, bytes: text(10) })));
    const outer = await tar(["a", "b", "c"].map((name) => ({ name: `${name}.zip`, bytes: inner })));
    const { notRead, ended } = await unpacked(outer, "a.tar", SMALL);
    expect(notRead).toEqual(["it holds more than 50 files"]);
    expect(ended).toBe(51);
  });

  test("containers in containers end at a depth, and the bytes there are still handed over", async () => {
    let bytes: Buffer = text(100);
    for (let depth = 0; depth <= UNPACK_LIMITS.depth; depth++) bytes = gzipSync(bytes);
    const { notRead, files } = await unpacked(bytes, "a");
    expect(notRead).toEqual(["archives nested more than 8 deep"]);
    expect(Object.keys(files)).toHaveLength(UNPACK_LIMITS.depth + 1);
  });

  test("a zip archive within another archive is held in memory up to a limit", async () => {
    const large = zip([{ name: "a", bytes: text(60_000) }], { method: 0 });
    const outer = await tar([
      { name: "large.zip", bytes: large },
      { name: "after", bytes: text(10) },
    ]);
    const { notRead, files } = await unpacked(outer, "a.tar", SMALL);
    expect(notRead).toEqual(["archives in archives, together larger than 0 MB"]);
    expect(files["a.tar>large.zip"]?.equals(large)).toBe(true);
    expect(files["a.tar>after"]).toHaveLength(10);
  });

  test("held memory is given back: many small archives do not add up", async () => {
    const files = Array.from({ length: 20 }, (_, index) => ({
      name: `${index}.zip`,
      bytes: zip([{ name: "a", bytes: text(10_000) }], { method: 0 }),
    }));
    expect((await unpacked(await tar(files), "a.tar", SMALL)).notRead).toEqual([]);
  });

  test("past a limit the bytes of the outer file are still passed on", async () => {
    const bomb = Buffer.concat([gzipSync(Buffer.alloc(10_000_000)), text(600_000)]);
    expect((await unpacked(bomb, "a.gz", SMALL)).files["a.gz"]?.equals(bomb)).toBe(true);
  });
});

describe("bombs", () => {
  test("zip archives of zip archives, as 42.zip", async () => {
    let bytes: Buffer = Buffer.alloc(1_000_000);
    for (let level = 0; level < 5; level++)
      bytes = zip(Array.from({ length: 16 }, (_, index) => ({ name: `${index}.zip`, bytes })));

    const { notRead, inside } = await unpacked(bytes, "42.zip", {
      ...SMALL,
      entries: 100_000,
      heldBytes: 10_000_000,
    });
    expect(notRead).toHaveLength(1);
    expect(inside).toBeLessThan(2_000_000);
  });

  test("zip entries that all are one: every byte of the kernel is counted for each", async () => {
    const data = deflateRawSync(Buffer.alloc(100_000));
    const fields = { method: 8, encrypted: false, name: "x", data, size: 100_000, crc: 0 };
    const body = Buffer.concat([zipLocalHeader(fields), data]);
    const directory = Array.from({ length: 1000 }, (_, index) =>
      zipDirectoryEntry({ ...fields, name: `${index}` }, 0),
    );
    const bomb = Buffer.concat([body, ...directory, zipEnd(directory, body.length)]);
    const { notRead, inside } = await unpacked(bomb, "a.zip", { ...SMALL, entries: 100_000 });
    expect(notRead).toEqual(["it unpacks to more than 1 MB"]);
    expect(inside).toBeLessThan(1_200_000);
  });

  test("a zip archive that holds itself ends", async () => {
    const fields = { method: 0, encrypted: false, name: "r.zip", size: 0, crc: 0 };
    const header = zipLocalHeader({ ...fields, data: Buffer.alloc(0) }).length;
    const sizes = { ...fields, data: Buffer.alloc(1000) };
    const directory = [zipDirectoryEntry(sizes, 0)];
    const end = zipEnd(directory, header);
    const quine = Buffer.concat([zipLocalHeader(sizes), ...directory, end]);
    const { ended } = await unpacked(quine, "r.zip");
    expect(ended).toBeLessThan(20);
  });

  test("a tar archive that states 8 GB, and has a line", async () => {
    const archive = await tar([{ name: "huge", bytes: text(100) }]);
    const header = Buffer.from(archive.subarray(0, 512));
    header.write("77777777777\0", 124, "latin1");
    header.write("        ", 148, "latin1");
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    const { texts } = await unpacked(Buffer.concat([header, text(100)]), "a.tar");
    expect(texts["a.tar>huge"]).toBe(text(100).toString());
  });

  test("a bzip2 run length that overflows is damage", async () => {
    const { unopened, inside } = await unpacked(bzip2WithRunawayRun(), "a.bz2");
    expect({ unopened, inside }).toEqual({ unopened: ["a.bz2: damaged"], inside: 0 });
  });

  test("bzip2 with changed bytes ends", async () => {
    const real = bzip2(Buffer.alloc(40_000));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (changes) => {
          const bytes = Buffer.from(real);
          for (const [at, byte] of changes) bytes[at] = byte;
          expect((await unpacked(bytes, "a.bz2", SMALL)).inside).toBeLessThan(2_000_000);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("an archive that cannot be opened is named, is not a gap, and its bytes are passed on", () => {
  test("an encrypted zip archive", async () => {
    const archive = zip([{ name: "a", bytes: text(100) }], { encrypted: true });
    expect(await unpacked(archive, "a.zip")).toMatchObject({
      unopened: ["a.zip: encrypted"],
      notRead: [],
      inside: 0,
    });
  });

  test("the other entries next to an encrypted one are read", async () => {
    const open = { method: 0, encrypted: false, name: "open", data: text(20), size: 20, crc: 0 };
    const locked = { ...open, encrypted: true, name: "locked" };
    const bodies = [locked, open].map((fields) => Buffer.concat([zipLocalHeader(fields), fields.data]));
    const offset = bodies[0]?.length ?? 0;
    const directory = [zipDirectoryEntry(locked, 0), zipDirectoryEntry(open, offset)];
    const size = bodies.reduce((sum, body) => sum + body.length, 0);
    const archive = Buffer.concat([...bodies, ...directory, zipEnd(directory, size)]);
    const { unopened, texts } = await unpacked(archive, "a.zip");
    expect(unopened).toEqual(["a.zip: encrypted"]);
    expect(texts).toMatchObject({ "a.zip>open": text(20).toString() });
  });

  test("a method that is not read", async () => {
    const archive = zip([{ name: "a", bytes: text(100) }], { method: 14 });
    expect(await unpacked(archive, "a.zip")).toMatchObject({ unopened: ["a.zip: unsupported"], notRead: [] });
  });

  test("a zip archive that is cut off", async () => {
    const archive = zip([{ name: "a", bytes: text(100) }]).subarray(0, -10);
    const { unopened, files } = await unpacked(archive, "a.zip");
    expect(unopened).toEqual(["a.zip: damaged"]);
    expect(files["a.zip"]?.equals(archive)).toBe(true);
  });

  test.each(COMPRESSIONS.filter(([ending]) => ending !== ".br"))(
    "%s that is cut off: what came before is read",
    async (ending, pack) => {
      const whole = text(200_000);
      const cut = pack(whole).subarray(0, -12);
      const { unopened, notRead } = await unpacked(cut, `a${ending}`);
      expect(unopened).toEqual([`a${ending}: damaged`]);
      expect(notRead).toEqual([]);
    },
  );

  test("a tar archive in gzip that is cut off: the files before are read", async () => {
    const noise = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251));
    const archive = await tar([
      { name: "first", bytes: text(50) },
      { name: "second", bytes: noise },
    ]);
    const { unopened, texts } = await unpacked(gzipSync(archive).subarray(0, -100), "a.tar.gz");
    expect(unopened).toEqual(["a.tar.gz: damaged"]);
    expect(texts["a.tar.gz>a.tar>first"]).toBe(text(50).toString());
  });

  test("xz that is damaged does not keep the next xz from being read", async () => {
    await unpacked(xz(text(1000)).subarray(0, 60), "a.xz");
    expect((await unpacked(xz(text(10)), "b.xz")).texts).toEqual({ "b.xz>b": text(10).toString() });
  });

  test("xz that unpacks to too much does not keep the next xz from being read", async () => {
    await unpacked(xz(text(3_000_000)), "a.xz", SMALL);
    expect((await unpacked(xz(text(10)), "b.xz")).texts).toEqual({ "b.xz>b": text(10).toString() });
  });
});

test("with any bytes changed, the walk ends within its limits and passes on every byte of the outer file", async () => {
  const inner = zip([{ name: "a.txt", bytes: text(3000) }]);
  const seeds = [
    inner,
    await tar([
      { name: "x.zip", bytes: inner },
      { name: "y", bytes: text(700) },
    ]),
    gzipSync(await tar([{ name: "x.zip", bytes: inner }])),
    zstdCompressSync(inner),
    xz(inner),
    bzip2(inner),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (seed, changes, end) => {
        const bytes = Buffer.from(seed.subarray(0, Math.ceil(seed.length * Math.max(end, 0.2))));
        for (const [at, byte] of changes) bytes[Math.floor(at * (bytes.length - 1))] = byte;
        const { files, inside } = await unpacked(bytes, "a", SMALL);
        expect(files["a"]?.equals(bytes)).toBe(true);
        expect(inside).toBeLessThan(1_100_000);
      },
    ),
    { numRuns: 1000 },
  );
});
