import { Buffer } from "node:buffer";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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

function write(path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
}

describe("exit codes", () => {
  test("0 where nothing is found", async () => {
    write("a.txt", "nothing here");
    expect(await runJson([root])).toMatchObject({
      code: 0,
      report: { complete: true, gaps: [], findings: [] },
    });
  });
  test("0 for an empty folder and an empty file", async () => {
    write("empty", "");
    mkdirSync(join(root, "folder"));
    expect((await runJson([root])).code).toBe(0);
  });
  test("1 where a key is found", async () => {
    write("src/pay.ts", `\nconst stripe = "${live}";\n`);
    const { code, report } = await runJson([root]);
    expect(code).toBe(1);
    expect(report.findings).toMatchObject([
      {
        kind: "secret_key",
        mode: "live",
        confidence: "certain",
        encoding: "plain",
        redacted: `sk_live_…${live.slice(-4)}`,
        account: `acct_${live.slice(9, 25)}`,
        path: join(root, "src/pay.ts"),
        line: 2,
        column: 17,
        endColumn: 17 + live.length,
        commit: null,
      },
    ]);
  });
  test("1 for a finding of low confidence too", async () => {
    write("a", `x = sk_test_${keyOf("").slice(3, 23)}\n`);
    const { code, report } = await runJson([root]);
    expect(report.findings).toMatchObject([{ confidence: "low" }]);
    expect(code).toBe(1);
  });
  test("2 for a path that does not exist, and the rest is still scanned", async () => {
    write("a.env", `KEY=${live}\n`);
    const { code, report } = await runJson([join(root, "missing"), join(root, "a.env")]);
    expect(code).toBe(2);
    expect(report.complete).toBe(false);
    expect(report.gaps).toEqual([
      { reason: "unreadable", commit: null, path: join(root, "missing"), detail: "no such file or folder" },
    ]);
    expect(report.findings).toHaveLength(1);
  });
  test.each([
    ["an unknown option", ["--nonsense"]],
    ["an unknown format", ["--format", "xml"]],
    ["paths together with --stdin", ["--stdin", "a"]],
    ["--explain with SARIF", ["--explain", "--format", "sarif"]],
    ["--rules with SARIF", ["--rules", "--format", "sarif"]],
    ["an empty path", [""]],
    ["--format without a value", ["--format"]],
  ])("2 for %s, with a message on standard error", async (_, args) => {
    const { code, out, err } = await runCommand(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^rollcall: .+\nRun with --help for the options\.\n$/s);
  });
  test("0 for --version, which is all that it prints", async () => {
    expect(await runCommand(["--version"])).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  });

  test("0 for --help", async () => {
    expect(await runCommand(["--help"])).toMatchObject({ code: 0, err: "" });
  });
});

describe("what is read", () => {
  test.each([
    ["a file that .gitignore names", ".env"],
    ["a hidden folder", ".config/secret"],
    ["node_modules", "node_modules/x/index.js"],
    ["a git folder", ".git/config"],
    ["a name with a line break", "a\nb"],
    ["a name with an escape", "\u001b[31mred"],
    ["a name that looks like an option", "--help"],
    ["a name with a space and a quote", "it's a 'file'"],
  ])("%s", async (_, path) => {
    write(".gitignore", "*\n");
    write(path, `key: ${live}\n`);
    const { code, report } = await runJson([root]);
    expect(code).toBe(1);
    expect(report.findings.map((finding) => finding.path)).toEqual([join(root, path)]);
  });
  test("binary files", async () => {
    write("a.bin", Buffer.concat([Buffer.from([0, 1, 2, 255, 10]), Buffer.from(live), Buffer.from([0, 0])]));
    const { report } = await runJson([root]);
    expect(report.findings).toMatchObject([{ line: 2, column: 1 }]);
  });
  test("a name that is not UTF-8", async () => {
    const path = Buffer.concat([Buffer.from(join(root, "caf")), Buffer.from([0xe9])]);
    writeFileSync(path, `k=${live}`);
    const { code, report } = await runJson([root]);
    expect(code).toBe(1);
    expect(report.findings.map((finding) => finding.path)).toEqual([join(root, "caf\uFFFD")]);
  });
  test("a folder whose name is not UTF-8", async () => {
    const path = Buffer.concat([Buffer.from(join(root, "caf")), Buffer.from([0xe9])]);
    mkdirSync(path);
    writeFileSync(Buffer.concat([path, Buffer.from("/x")]), `k=${live}`);
    expect((await runJson([root])).report.findings).toHaveLength(1);
  });
  test("a key in a name is a finding, and the name is shown redacted", async () => {
    const inName = keyOf("rk_live_", 1, 24);
    write(`backup-${inName}/a.txt`, `stripe ${live}`);
    const { out, report } = await runJson([root]);
    expect(report.findings.map((finding) => finding.kind)).toEqual(["restricted_key", "secret_key"]);
    expect(out).not.toContain(inName.slice(8, -4));
  });
  test("the same file once, however often it is given", async () => {
    write("src/a", live);
    const { report } = await runJson([root, join(root, "src"), join(root, "src/a"), `${root}/`]);
    expect(report.findings).toHaveLength(1);
  });
  test("files in the order of their names, folder by folder", async () => {
    for (const path of ["b/2", "b/1", "a", "c", "b.txt"]) write(path, live);
    const { report } = await runJson([root]);
    expect(report.findings.map((finding) => finding.path?.slice(root.length + 1))).toEqual([
      "a",
      "b/1",
      "b/2",
      "b.txt",
      "c",
    ]);
  });
  test("a file larger than one chunk, the key across the seam", async () => {
    const before = `${"x".repeat(99)}\n`.repeat(10_486).slice(0, (1 << 20) - 51) + " ";
    write("big", `${before}${live}\n${"y".repeat(300_000)}\n`);
    const { report } = await runJson([root]);
    expect(report.findings).toMatchObject([{ line: before.split("\n").length, encoding: "plain" }]);
  });
});

describe("--exclude", () => {
  test.each([
    ["a name", "*.log", ["a.txt", "vendor/b.txt"]],
    ["a folder by name", "vendor", ["a.txt", "c.log"]],
    ["a path within the root", "vendor/**", ["a.txt", "c.log"]],
    ["a folder with a slash", "vendor/", ["a.txt", "c.log"]],
    ["hidden files too", ".*", ["a.txt", "c.log", "vendor/b.txt"]],
  ])("%s", async (_, glob, left) => {
    for (const path of ["a.txt", "c.log", "vendor/b.txt"]) write(path, live);
    const { code, err, report } = await runJson([root, "--exclude", glob]);
    expect(code).toBe(1);
    expect(report.findings.map((finding) => finding.path?.slice(root.length + 1))).toEqual(left);
    expect(err.includes("skipped because of --exclude")).toBe(left.length < 3);
  });
});
