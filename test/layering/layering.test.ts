import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

const reportSchema = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) });

/** Samples that break one rule each; the lint that guards the tree must notice every one. */
const VIOLATIONS = [
  ["a pure room reads a file", "src/detect/sample.ts", 'export * from "node:fs";', "no-restricted-imports"],
  ["unpacking reads a file", "src/unpack/sample.ts", 'export * from "node:fs";', "no-restricted-imports"],
  [
    "a pure room starts a process",
    "src/diff/sample.ts",
    'export * from "child_process";',
    "no-restricted-imports",
  ],
  [
    "a pure room speaks to GitHub",
    "src/policy/sample.ts",
    'export * from "@octokit/rest";',
    "no-restricted-imports",
  ],
  [
    "a pure room enters a room with I/O",
    "src/report/sample.ts",
    'export * from "../store/index.ts";',
    "no-restricted-imports",
  ],
  [
    "a pure room enters one from deeper down",
    "src/report/a/sample.ts",
    'export * from "../../jobs/index.ts";',
    "no-restricted-imports",
  ],
  [
    "a pure room asks the network",
    "src/report/sample.ts",
    'export const answer = fetch("x");',
    "no-restricted-globals",
  ],
  [
    "a room is entered past its index",
    "src/jobs/sample.ts",
    'export * from "../policy/scope.ts";',
    "no-restricted-imports",
  ],
  [
    "the composition enters past an index",
    "src/sample.ts",
    'export * from "./store/database.ts";',
    "no-restricted-imports",
  ],
  [
    "a room reads the environment",
    "src/store/sample.ts",
    "export const home = process.env;",
    "no-process-env",
  ],
  [
    "a promise floats",
    "src/jobs/sample.ts",
    "async function work() {}\nwork();\nexport {};",
    "no-floating-promises",
  ],
  ["any", "src/jobs/sample.ts", "export const anything: any = 1;", "no-explicit-any"],
  ["a non-null assertion", "src/jobs/sample.ts", "export const one = [1][0]!;", "no-non-null-assertion"],
] as const;

describe("the lint of the tree", () => {
  let tree = "";

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), "rollcall-layering-"));
    await symlink(join(ROOT, "node_modules"), join(tree, "node_modules"));
    await symlink(join(ROOT, ".oxlintrc.json"), join(tree, ".oxlintrc.json"));
    await symlink(join(ROOT, "tsconfig.json"), join(tree, "tsconfig.json"));
  });

  afterAll(async () => {
    await rm(tree, { recursive: true, force: true });
  });

  test.each(VIOLATIONS)("notices that %s", async (_name, path, text, rule) => {
    await write(path, text);
    expect(await lint()).toContain(rule);
    await rm(join(tree, path));
  });

  test("notices an import cycle", async () => {
    await write("src/jobs/a.ts", 'import { b } from "./b.ts";\nexport const a = (): unknown => b;\n');
    await write("src/jobs/b.ts", 'import { a } from "./a.ts";\nexport const b = (): unknown => a;\n');
    expect(await lint()).toContain("no-cycle");
    await rm(join(tree, "src/jobs"), { recursive: true });
  });

  test("has nothing against a room that keeps the rules", async () => {
    await write("src/policy/sample.ts", 'export * from "../detect/index.ts";\n');
    await write("src/jobs/sample.ts", 'export * from "../store/index.ts";\n');
    expect(await lint()).toEqual([]);
  });

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${text}\n`);
  }

  /** The rules that the lint reports, without their plugin. */
  async function lint(): Promise<string[]> {
    const oxlint = join(ROOT, "node_modules/.bin/oxlint");
    const args = ["--type-aware", "--deny-warnings", "-c", ".oxlintrc.json", "-f", "json", "src"];
    const { stdout } = await run(process.execPath, [oxlint, ...args], { cwd: tree }).catch((error: unknown) =>
      z.object({ stdout: z.string() }).parse(error),
    );
    return reportSchema
      .parse(JSON.parse(stdout))
      .diagnostics.map(({ code }) => /\((.+)\)/.exec(code)?.[1] ?? code);
  }
});
