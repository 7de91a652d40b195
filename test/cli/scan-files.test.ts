import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand, runJson } from "../support/run-command.ts";
import { certainKey, oldKey } from "../support/sample-keys.ts";

const live = certainKey("sk_live_");
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
    write("a", `x = sk_test_${certainKey("").slice(3, 23)}\n`);
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
    ["paths beside --stdin", ["--stdin", "a"]],
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
    const inName = oldKey("rk_live_");
    write(`backup-${inName}/a.txt`, `stripe ${live}`);
    const { out, report } = await runJson([root]);
    expect(report.findings.map((finding) => finding.kind)).toEqual(["restricted_key", "secret_key"]);
    expect(out).not.toContain(inName.slice(8, -4));
  });
  test("the same file once, however often it is named", async () => {
    write("src/a", live);
    const { report } = await runJson([root, join(root, "src"), join(root, "src/a"), `${root}/`]);
    expect(report.findings).toHaveLength(1);
  });
  test("files in the order of their names, folder by folder", async () => {
    for (const path of ["b/2", "b/1", "a", "c", "b.txt"]) {
      write(path, live);
    }
    const { report } = await runJson([root]);
    expect(report.findings.map((finding) => finding.path.slice(root.length + 1))).toEqual([
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

describe("what is not read is said", () => {
  test("a named pipe and a socket are gaps, and nothing waits for them", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, "socket"), resolve));
    const { code, report } = await runJson([root]);
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(2);
    expect(report.gaps).toMatchObject([
      { reason: "special_file", path: join(root, "pipe"), detail: "a named pipe" },
      { reason: "special_file", path: join(root, "socket"), detail: "a socket" },
    ]);
  });
  test("a device that is named is a gap", async () => {
    expect(await runJson(["/dev/null"])).toMatchObject({
      code: 2,
      report: { gaps: [{ reason: "special_file" }] },
    });
  });
  test("a symbolic link is not followed; one that leads outside is noted", async () => {
    const outside = mkdtempSync(join(tmpdir(), "rollcall-outside-"));
    writeFileSync(join(outside, "secret"), live);
    write("inside/a", "nothing");
    symlinkSync(outside, join(root, "out"));
    symlinkSync("inside", join(root, "in"));
    symlinkSync("nowhere", join(root, "dangling"));
    const { code, err, report } = await runJson([root]);
    rmSync(outside, { recursive: true });
    expect({ code, findings: report.findings }).toEqual({ code: 0, findings: [] });
    expect(err).toBe(
      `rollcall: note: 2 symbolic links were not followed: they lead outside the scanned folders, or nowhere (${join(root, "dangling")}, ${join(root, "out")})\n`,
    );
  });
  test("a loop of links ends", async () => {
    symlinkSync(".", join(root, "self"));
    symlinkSync("b", join(root, "a"));
    symlinkSync("a", join(root, "b"));
    expect((await runJson([root])).code).toBe(0);
  });
  test("a key in the target of a link is found: git stores it as content", async () => {
    symlinkSync(live, join(root, "link"));
    expect((await runJson([root])).report.findings).toMatchObject([{ path: join(root, "link"), line: 1 }]);
  });
  test("a link given as a PATH is followed", async () => {
    write("real", live);
    symlinkSync("real", join(root, "link"));
    expect((await runJson([join(root, "link")])).report.findings).toHaveLength(1);
  });
  test("the packed history of a repository is noted", async () => {
    write(".git/HEAD", "ref: refs/heads/main\n");
    const { code, err } = await runJson([root]);
    expect(code).toBe(0);
    expect(err).toContain("the history in it is compressed and was not searched");
  });
});

test("a file with more keys than one file is reported with is a gap, and the first ones are reported", async () => {
  write("many", Array.from({ length: 20_001 }, (_, seed) => certainKey("sk_live_", seed)).join("\n"));
  const { code, report } = await runJson([root]);
  expect(code).toBe(2);
  expect(report.gaps).toMatchObject([{ reason: "too_many_findings", path: join(root, "many") }]);
  expect(report.findings).toHaveLength(20_000);
});

describe("--exclude", () => {
  test.each([
    ["a name", "*.log", ["a.txt", "vendor/b.txt"]],
    ["a folder by name", "vendor", ["a.txt", "c.log"]],
    ["a path within the root", "vendor/**", ["a.txt", "c.log"]],
    ["a folder with a slash", "vendor/", ["a.txt", "c.log"]],
    ["hidden files too", ".*", ["a.txt", "c.log", "vendor/b.txt"]],
  ])("%s", async (_, glob, left) => {
    for (const path of ["a.txt", "c.log", "vendor/b.txt"]) {
      write(path, live);
    }
    const { code, err, report } = await runJson([root, "--exclude", glob]);
    expect(code).toBe(1);
    expect(report.findings.map((finding) => finding.path.slice(root.length + 1))).toEqual(left);
    expect(err.includes("skipped because of --exclude")).toBe(left.length < 3);
  });
});
