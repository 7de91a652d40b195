import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keyOf } from "../../fixtures/keys.ts";

const CLI = join(import.meta.dirname, "../../src/cli.ts");
const live = keyOf("sk_live_");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rollcall-process-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function scan(
  args: readonly string[],
  input = "",
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [CLI, ...args], { cwd: root, input, encoding: "utf8" });
}

test("scans the current folder, with paths as a person types them", () => {
  writeFileSync(join(root, "a.env"), `KEY=${live}\n`);
  const { status, stdout, stderr } = scan([]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
  expect(stdout).toContain("\n  a.env:1:5\n");
});

test("writes no colour and no progress where there is no terminal", () => {
  writeFileSync(join(root, "a.env"), `KEY=${live}\n`);
  const { stdout, stderr } = scan(["."]);
  expect(stdout + stderr).not.toContain("\u001b");
});

test("a name that begins with a dash is a path after --", () => {
  writeFileSync(join(root, "--stdin"), live);
  expect(scan(["--", "--stdin"])).toMatchObject({ status: 1 });
});

test("a reader that closes the pipe early does no harm", () => {
  writeFileSync(
    join(root, "a"),
    Array.from({ length: 3000 }, (_, seed) => keyOf("sk_live_", seed)).join("\n"),
  );
  const pipeline = `"$1" "$2" --format json . | head -c 100; exit "\${PIPESTATUS[0]}"`;
  const { status, stderr } = spawnSync("bash", ["-c", pipeline, "bash", process.execPath, CLI], {
    cwd: root,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
});

test("a mistake in the options ends with 2", () => {
  expect(scan(["--format"])).toMatchObject({ status: 2, stdout: "" });
});
