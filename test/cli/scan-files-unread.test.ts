import { keyOf } from "../../fixtures/keys.ts";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runJson } from "../support/run-command.ts";

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

describe("reports what it does not read", () => {
  test("a named pipe and a socket are gaps, and it waits for neither", async () => {
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
  test("a device given as a PATH is a gap", async () => {
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
  test("finds a key in the target of a link, which git stores as content", async () => {
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
    expect(err).toContain("--git searches the history in it");
  });
});

test("reports the first 20,000 keys of a file, and a gap for the rest", async () => {
  write("many", Array.from({ length: 20_001 }, (_, seed) => keyOf("sk_live_", seed)).join("\n"));
  const { code, report } = await runJson([root]);
  expect(code).toBe(2);
  expect(report.gaps).toMatchObject([{ reason: "too_many_findings", path: join(root, "many") }]);
  expect(report.findings).toHaveLength(20_000);
});
