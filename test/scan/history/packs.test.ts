import { chmodSync, cpSync, linkSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bodyOf, createRandom, keyOf } from "../../../fixtures/keys.ts";
import { FORMS } from "../../../src/detect/forms/index.ts";
import { Sieve, whichMayHoldCredential } from "../../../src/detect/index.ts";
import {
  chainOrder,
  ChainUnpacker,
  INPUT_BYTES,
  MEMORY_BYTES,
  NONE,
  ObjectTable,
  PackPlaces,
  References,
} from "../../../src/objects/index.ts";
import { ObjectSearch } from "../../../src/scan/history/object-search.ts";
import { PackedSearch } from "../../../src/scan/history/packed-search.ts";
import { PackInput } from "../../../src/scan/history/pack-input.ts";
import { PackRequests, PackRequestWriter } from "../../../src/scan/history/pack-request.ts";
import { listObjects, listPacked, openHistory } from "../../../src/source/index.ts";
import { git } from "../../support/git-history.ts";
import { about, createWork, scanned } from "../../support/scanned-history.ts";
import type { Work } from "../../support/scanned-history.ts";

let work: Work;

beforeEach(() => {
  work = createWork();
});
afterEach(() => work.remove());

const signal = new AbortController().signal;

/** Versions of files in which keys and what resembles them come, go and are moved among other lines. */
function fill(versions: number): readonly string[] {
  const random = createRandom("versions");
  const keys: string[] = [];
  // By one process: git would take three for each version.
  const commits: Buffer[] = [];
  const add = (text: string): void => void commits.push(Buffer.from(text, "latin1"));
  const write = (path: string, text: string): void =>
    add(`M 100644 inline ${path}\ndata ${text.length}\n${text}\n`);
  const lines = Array.from({ length: 400 }, (_, line) => `${line} ${random.text(60)}`);
  for (let version = 0; version < versions; version++) {
    const key = keyOf("sk_live_", `version ${version}`);
    const examples = FORMS.flatMap((form) => form.examples);
    const written = examples[random.below(examples.length)]?.write(key) ?? key;
    const shown = Buffer.from(written).toString("latin1");
    const line = random.pick([
      shown,
      `"sk_live_" + name`,
      "ask_test_ and assert_",
      "stripe",
      `stripe_key = ${bodyOf(32, version)}`,
      random.text(100),
    ]);
    if (line === shown) keys.push(key);
    lines.splice(random.below(lines.length), random.below(3), line);
    if (version % 4 === 0) lines.push(...lines.splice(random.below(300), 40));
    const words = `version ${version}`;
    add("commit refs/heads/main\n");
    add(`committer Ada <ada@example.com> ${1_700_000_000 + 60 * version} +0200\n`);
    add(`data ${words.length}\n${words}\n`);
    write(`dir/${version % 3}.txt`, lines.join("\n"));
    write(`long names/${"n".repeat(version % 7)}${version % 5}/${bodyOf(20, version)}.txt`, `${version}`);
  }
  git(work.path, ["fast-import", "--quiet"], Buffer.concat(commits));
  work.git("tag", "-a", "v1", "-m", "words");
  work.git("repack", "-q", "-a", "-d", "-f", "--window=50", "--depth=50");
  return keys;
}

function packFile(): string {
  const folder = join(work.path, ".git/objects/pack");
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".pack")) ?? "");
}

test("every object is unpacked to what its id says, and searching what is new equals searching all", async () => {
  fill(60);
  const repository = openHistory(work.path, { PATH: process.env["PATH"] });
  const list = await listPacked(repository, signal);
  if (list?.places === undefined || list.places === null) throw new Error("not listed");
  const { table, places } = list;
  const { order } = chainOrder(table);
  const sieve = Sieve.create(MEMORY_BYTES);
  if (sieve === null) return;
  const unpacker = new ChainUnpacker(sieve.memory, table.idBytes);
  const input = new PackInput(sieve.memory.buffer, unpacker.input, places.packs);
  const writer = new PackRequestWriter(table, places);
  const sifted: ("nothing" | "unlikely" | "likely")[] = [];
  const seen = new Set<string>();
  let deltas = 0;
  // In parts that cut chains, so bases come again.
  for (let from = 0; from < order.length; from += 7) {
    const records = writer.write(order.subarray(from, from + 7));
    const requests = new PackRequests(records, table.idBytes);
    const count = records.length / PackRequests.recordBytes(table.idBytes);
    for (let request = 0; request < count; request++) {
      const depth = requests.depthOf(request);
      const base = depth === 0 ? "likely" : (sifted[depth - 1] ?? "likely");
      const length = requests.lengthOf(request);
      const at = input.find(requests.packOf(request), requests.offsetOf(request), length) ?? NONE;
      const margin = sieve.marginFor(base === "likely" ? "nothing" : base);
      expect(unpacker.unpack(depth, at, length, margin)).toBe(true);
      sieve.begin(unpacker.text, unpacker.length, base === "likely" ? "nothing" : base);
      if (base === "likely") {
        sieve.search(0, unpacker.length);
      } else {
        deltas += 1;
        for (let part = 0; part < unpacker.partCount; part++)
          sieve.search(unpacker.partStart(part), unpacker.partEnd(part));
      }
      sifted[depth] = sieve.sifted;
      const hash = createHash("sha1").update(`${unpacker.type} ${unpacker.length}\0`).update(unpacker.bytes);
      expect(hash.digest("hex")).toBe(requests.idOf(request));
      expect(sieve.sifted === "likely").toBe(whichMayHoldCredential([unpacker.bytes])[0]);
      if (requests.isWanted(request)) seen.add(requests.idOf(request));
    }
  }
  expect(seen.size).toBe(table.count);
  expect(deltas).toBeGreaterThan(50);
});

test("the list is git's own: ids, types, sizes and bases", async () => {
  fill(30);
  work.write("loose.txt", "loose");
  work.git("add", "--all");
  const repository = openHistory(work.path, { PATH: process.env["PATH"] });
  const packed = await listPacked(repository, signal);
  const listed = await listObjects(repository, null, signal);
  expect(packed?.table.count).toBe(listed.table.count);
  for (let number = 0; number < listed.table.count; number++) {
    const id = listed.table.idOf(number);
    const there = packed?.table.findHex(id) ?? NONE;
    expect(there).not.toBe(NONE);
    expect(packed?.table.typeOf(there)).toBe(listed.table.typeOf(number));
    expect(packed?.table.packedBytes(there)).toBe(listed.table.packedBytes(number));
    const base = listed.table.baseOf(number);
    const baseThere = packed?.table.baseOf(there) ?? NONE;
    expect(baseThere === NONE ? "" : packed?.table.idOf(baseThere)).toBe(
      base === NONE ? "" : listed.table.idOf(base),
    );
  }
});

test("a packed history has the findings of a loose one", async () => {
  const keys = fill(30);
  const packed = await scanned(work.path);
  const other = createWork();
  try {
    git(other.path, ["unpack-objects", "-q"], readFileSync(packFile()));
    const refs = work.git("for-each-ref", "--format=update %(refname) %(objectname)");
    git(other.path, ["update-ref", "--stdin"], `${refs}\n`);
    const loose = await scanned(other.path);
    expect(packed.findings).toEqual(loose.findings);
    expect([packed.objects, packed.blobs, packed.bytes, packed.gaps]).toEqual([
      loose.objects,
      loose.blobs,
      loose.bytes,
      [],
    ]);
    for (const key of keys) expect(about(packed, key).length).toBeGreaterThan(0);
  } finally {
    other.remove();
  }
});

test("a damaged pack costs what git cannot read either, and no more", async () => {
  fill(30);
  const pack = packFile();
  chmodSync(pack, 0o600);
  const bytes = readFileSync(pack);
  // In the compressed bytes of one entry that others are stored against.
  const [line = ""] = work
    .git("verify-pack", "-v", pack.replace(/pack$/, "idx"))
    .split("\n")
    .filter((each) => /^\w{40} blob +\d+ \d+ \d+$/.test(each))
    .sort((a, b) => Number(b.split(/ +/)[3]) - Number(a.split(/ +/)[3]));
  const [, , , size, offset] = line.split(/ +/);
  bytes.fill(0xff, Number(offset) + Math.floor(Number(size) / 2), Number(offset) + Number(size) - 8);
  writeFileSync(pack, bytes);
  const scan = await scanned(work.path);
  expect(scan.gaps.length).toBeGreaterThan(0);
  expect(scan.gaps.every(({ reason }) => reason === "git_failed")).toBe(true);
  const damaged = new Set(scan.gaps.map(({ blob }) => blob));
  const list = git(work.path, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
  const all = Buffer.from(list).toString().trim().split("\n");
  // Git ends at the first that it cannot read.
  const unreadable = (ids: readonly string[]): readonly string[] => {
    try {
      git(work.path, ["cat-file", "--batch", "--buffer"], `${ids.join("\n")}\n`);
      return [];
    } catch {
      const half = Math.ceil(ids.length / 2);
      return ids.length === 1 ? ids : [...unreadable(ids.slice(0, half)), ...unreadable(ids.slice(half))];
    }
  };
  expect([...unreadable(all)].sort()).toEqual([...damaged].map((blob) => blob ?? "").sort());
  expect(scan.objects).toBe(all.length - damaged.size);
});

test("what is packed while the packs are listed is listed too", async () => {
  fill(4);
  work.write("new.txt", "not packed yet");
  work.commit("loose");
  const repository = openHistory(work.path, { PATH: process.env["PATH"] });
  const everything = await listObjects(repository, null, signal);
  let isRepacked = false;
  const meanwhile = new AbortController().signal;
  meanwhile.throwIfAborted = () => {
    if (!isRepacked) work.git("repack", "-q", "-d");
    isRepacked = true;
  };
  const list = await listPacked(repository, meanwhile);
  expect(isRepacked).toBe(true);
  expect(list?.table.count).toBe(everything.table.count);
});

test("an object that is loose too keeps the base of the entry that it is read from", async () => {
  fill(30);
  const one = openHistory(work.path, { PATH: process.env["PATH"] });
  const alone = await listPacked(one, signal);
  // A second pack stores the same objects against other bases, is newer, and every object has a file as well.
  const first = readFileSync(packFile());
  const objects = join(work.path, ".git/objects");
  const ids = work.git("rev-list", "--objects", "--all").replaceAll(/ .*$/gm, "");
  git(
    work.path,
    ["pack-objects", "-q", "--no-reuse-delta", "--window=3", "--depth=2", join(objects, "pack/pack")],
    ids,
  );
  const copy = createWork();
  try {
    git(copy.path, ["unpack-objects", "-q"], first);
    cpSync(join(copy.path, ".git/objects"), objects, { recursive: true });
  } finally {
    copy.remove();
  }
  const list = await listPacked(openHistory(work.path, { PATH: process.env["PATH"] }), signal);
  const places = list?.places ?? new PackPlaces();
  const table = list?.table ?? new ObjectTable(20, 0);
  expect(places.packs).toHaveLength(2);
  expect(table.count).toBe(alone?.table.count);
  // A base is in the same pack as what is stored against it, and each chain ends.
  for (let number = 0; number < table.count; number++) {
    const base = table.baseOf(number);
    if (base === NONE) continue;
    let depth = 0;
    for (let at = base; at !== NONE && depth <= table.count; at = table.baseOf(at)) depth++;
    expect(depth).toBeLessThanOrEqual(50);
  }
  expect((await scanned(work.path)).gaps).toEqual([]);
});

test("a chain of any length is asked for from its root", () => {
  const length = 40_000;
  const table = new ObjectTable(20, length);
  const places = new PackPlaces();
  places.reserve(length);
  for (let number = 0; number < length; number++) {
    const id = Buffer.alloc(20);
    id.writeUInt32BE(number);
    table.addNew(id, "blob", 10);
    table.setBase(number, number === 0 ? NONE : number - 1);
    places.set(number, 0, 12 + 10 * number);
  }
  const asked = new PackRequests(new PackRequestWriter(table, places).write(Uint32Array.of(length - 1)), 20);
  expect([0, 1, length - 1].map((request) => asked.depthOf(request))).toEqual([0, 1, length - 1]);
  expect([0, length - 2, length - 1].map((request) => asked.isWanted(request))).toEqual([false, false, true]);
});

test("nothing of another pack's bytes is read where a pack ends", () => {
  const [long, short] = [join(work.path, "long"), join(work.path, "short")];
  writeFileSync(`${long}.pack`, Buffer.alloc(8192, 0xff));
  writeFileSync(`${short}.pack`, Buffer.alloc(10, 0x11));
  const memory = new ArrayBuffer(INPUT_BYTES);
  const input = new PackInput(memory, 0, [long, short]);
  input.find(0, 0, 100);
  const at = input.find(1, 0, 100) ?? NONE;
  expect(Buffer.from(memory, at, 100)).toEqual(Buffer.concat([Buffer.alloc(10, 0x11), Buffer.alloc(90)]));
});

test("so many packs that their paths are too long for a process are left to git", async () => {
  fill(3);
  const folder = join(work.path, ".git/objects/pack");
  const repository = openHistory(work.path, { PATH: process.env["PATH"] });
  expect(await listPacked(repository, signal)).not.toBeNull();
  const [name = ""] = readdirSync(folder).filter((each) => each.endsWith(".pack"));
  const each = Buffer.byteLength(JSON.stringify([join(folder, name)]));
  for (let copy = 0; copy * each <= 110_000; copy++) {
    const other = `pack-${copy.toString(16).padStart(40, "0")}`;
    for (const ending of [".pack", ".idx"])
      linkSync(join(folder, name.replace(".pack", ending)), join(folder, `${other}${ending}`));
  }
  expect(await listPacked(repository, signal)).toBeNull();
});

test("after an object that could not be read, nothing is unpacked against the one before it", async () => {
  fill(30);
  const list = await listPacked(openHistory(work.path, { PATH: process.env["PATH"] }), signal);
  const places = list?.places ?? new PackPlaces();
  const table = list?.table ?? new ObjectTable(20, 0);
  const child = chainOrder(table).order.find(
    (number) => table.baseOf(number) !== NONE && table.baseOf(table.baseOf(number)) === NONE,
  );
  if (child === undefined) throw new Error("no chain");
  const records = new PackRequestWriter(table, places).write(Uint32Array.of(table.baseOf(child), child));
  const size = PackRequests.recordBytes(table.idBytes);
  const [root, next] = [records.subarray(0, size), records.subarray(size)];
  const gone = Buffer.from(root);
  // Longer than what is read with others, and behind the end of the pack.
  gone.writeDoubleLE(1e9, table.idBytes);
  gone.writeUInt32LE(1e5, table.idBytes + 8);
  const left: string[] = [];
  const options = {
    now: "2026-11-21T12:00:00Z",
    budget: null,
    brotli: false,
    singly: false,
    temporary: work.path,
  };
  const search = new ObjectSearch(options, new References(() => {}), () => {});
  const packed = new PackedSearch(
    { packs: places.packs, idBytes: table.idBytes },
    search,
    () => {},
    (id) => left.push(id),
  );
  const requests = new PackRequests(Buffer.concat([root, next, gone, next]), table.idBytes);
  for (let request = 0; request < 4; request++) await packed.take(requests, request);
  expect(left).toEqual([requests.idOf(2), requests.idOf(3)]);
});
