import { keyOf } from "../../fixtures/keys.ts";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { help } from "../../src/cli/help.ts";
import { DEFAULT_FORMAT, FORMATS } from "../../src/report/index.ts";
import { runCommand } from "../support/run-command.ts";

const live = keyOf("sk_live_");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rollcall-formats-"));
  writeFileSync(join(root, "a.env"), `KEY=${live}\n`);
  symlinkSync("nowhere", join(root, "dangling"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Everything here holds for a format that is added to the list, without a change to this file. */
describe.each(FORMATS)("--format $name", ({ name, description, showsDismissals, showsNotes }) => {
  test("is in the help", () => {
    expect(help("rollcall")).toMatch(new RegExp(`^ +${name} +${description}`, "m"));
  });

  test("reports the finding and the gap, and never the key", async () => {
    const { code, out, err } = await runCommand(["--format", name, root, `${root}-missing`]);
    expect(code).toBe(2);
    expect(out).toContain("a.env");
    expect(out).toContain("missing");
    expect(out).toContain(live.slice(-4));
    expect(out + err).not.toContain(live.slice(26, -4));
    expect(out.endsWith("\n")).toBe(true);
  });

  test("loses no note", async () => {
    const { out, err } = await runCommand(["--format", name, root]);
    expect((showsNotes ? out : err).includes("symbolic link was not followed")).toBe(true);
  });

  test("takes --explain only if it shows what --explain adds", async () => {
    const { code, out, err } = await runCommand(
      ["--explain", "--format", name, "--stdin"],
      [`a = "sk_live_${"x".repeat(24)}"\n`],
    );
    expect(code).toBe(showsDismissals ? 0 : 2);
    expect(/placeholder/i.test(out)).toBe(showsDismissals);
    expect(err.includes("--explain works with")).toBe(!showsDismissals);
  });
});

test("without --format, the default is used", async () => {
  const { out } = await runCommand([root]);
  expect((await runCommand(["--format", DEFAULT_FORMAT.name, root])).out).toBe(out);
});

test("an unknown format is refused with the names of those that exist", async () => {
  const { code, err } = await runCommand(["--format", "xml"]);
  expect(code).toBe(2);
  expect(err).toContain(`--format must be one of: ${FORMATS.map(({ name }) => name).join(", ")}`);
});

test("every name is given once", () => {
  expect(new Set(FORMATS.map(({ name }) => name)).size).toBe(FORMATS.length);
});
