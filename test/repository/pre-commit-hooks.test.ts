/** `.pre-commit-hooks.yaml`: what pre-commit installs and starts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseCommand } from "../../src/cli/options.ts";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const hooks = z
  .array(
    z.object({
      id: z.string(),
      entry: z.string(),
      args: z.array(z.string()).default([]),
      language: z.literal("node"),
      additional_dependencies: z.array(z.string()),
      pass_filenames: z.boolean().default(true),
      stages: z.array(z.string()),
    }),
  )
  .parse(parse(read(".pre-commit-hooks.yaml")));

test("each hook installs the package of this version", () => {
  const { name, version } = z
    .object({ name: z.string(), version: z.string() })
    .parse(JSON.parse(read("packages/cli/package.json")));
  expect(hooks.map((hook) => hook.additional_dependencies)).toEqual(hooks.map(() => [`${name}@${version}`]));
});

test.each(hooks)(
  "$id is a command line that makes sense, whatever a file's name",
  ({ entry, args, ...hook }) => {
    const [program, ...options] = entry.split(" ");
    const names = hook.pass_filenames ? ["--git", "-x y.env"] : [];
    expect(program).toBe("rollcall");
    expect(parseCommand([...options, ...args, ...names])).toMatchObject(
      hook.pass_filenames ? { kind: "scan", paths: names } : { kind: "staged", path: null },
    );
  },
);
