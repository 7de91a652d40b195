import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ARCHIVES, COMPRESSIONS, tar, zip } from "../../fixtures/archives.ts";
import { runCommand, runJson } from "../support/run-command.ts";
import { keyOf } from "../../fixtures/keys.ts";

const live = keyOf("sk_live_");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rollcall-cli-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(name: string, content: Uint8Array): string {
  writeFileSync(join(root, name), content);
  return join(root, name);
}

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) });

test.each(ARCHIVES)("a key in %s is found at its place inside", async (ending, pack) => {
  const path = write(`bundle${ending}`, await pack([file("src/pay.ts", `\nconst stripe = "${live}";\n`)]));
  const { code, report } = await runJson([root]);
  expect(code).toBe(1);
  expect(report.findings).toMatchObject([
    { path: `${path}!src/pay.ts`, line: 2, column: 17, kind: "secret_key" },
  ]);
});

test.each(COMPRESSIONS)("a key in %s of a tar archive is found at its place inside", async (ending, pack) => {
  const path = write(`a.tar${ending}`, pack(await tar([file("pay.env", live)])));
  expect((await runJson([path])).report.findings).toMatchObject([{ path: `${path}!pay.env`, line: 1 }]);
});

test("an archive of many megabytes is read in parts", async () => {
  const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 253));
  const path = write(
    "large.zip",
    zip([{ name: "noise", bytes: noise }, file("pay.env", live)], { method: 0 }),
  );
  expect((await runJson([path])).report.findings).toMatchObject([{ path: `${path}!pay.env` }]);
});

test("the text report shows path and advice, no line, and says what a key in an app means", async () => {
  const path = write("shop.apk", zip([file("assets/config.json", `{"stripe":"${live}"}`)]));
  const { code, out, err } = await runCommand([path]);
  expect(code).toBe(1);
  expect(out).toContain(`${path}!assets/config.json:1`);
  expect(out).toContain("packed in a mobile app");
  expect(out + err).not.toContain(live.slice(12, 40));
  expect(out).not.toContain('{"stripe"');
});

test("--explain lists what is inside and is no finding", async () => {
  const path = write("a.zip", zip([file("sample.txt", `stripe = "pk_live_${live.slice(8)}"`)]));
  const { code, out } = await runCommand(["--explain", path]);
  expect(code).toBe(0);
  expect(out).toContain(`${path}!sample.txt`);
  expect(out).not.toContain(live.slice(12, 40));
});

test("a file that unpacks to far more than its size is a gap", async () => {
  const path = write("bomb.gz", gzipSync(Buffer.alloc(80_000_000)));
  const { code, report } = await runJson([path]);
  expect(code).toBe(2);
  expect(report).toMatchObject({ complete: false, gaps: [{ reason: "too_large", path }] });
});

test.each([
  ["encrypted", zip([file("a", "text")], { encrypted: true })],
  ["damaged", zip([file("a", "text")]).subarray(0, -8)],
])("an archive that is %s is named in a note and is no gap", async (word, archive) => {
  const path = write("a.zip", archive);
  const { code, err } = await runJson([path]);
  expect(code).toBe(0);
  expect(err).toContain(word);
  expect(err).toContain(path);
});

test("names inside an archive print no control characters", async () => {
  const path = write("a.zip", zip([file("\u001b]0;title\u0007\u202ename", live)]));
  for (const format of ["text", "json", "sarif"]) {
    const { out } = await runCommand(["--format", format, path]);
    for (const character of ["\u001b", "\u0007", "\u202e"]) expect(out).not.toContain(character);
  }
});
