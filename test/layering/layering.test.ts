/**
 * Shows that the lint enforces `lint/rooms.ts`: for every folder of src/ it writes files that break a rule into a copy of
 * the repository's layout, lints the copy once, and expects each file to be refused by the right rule.
 * The table itself is checked against the folders, so a room cannot be forgotten in it.
 */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { DOORS, FOLDERS, ROOMS } from "../../lint/rooms.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

const foldersIn = (path: string): string[] =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

const SOURCE_ROOMS = foldersIn("src");
const IMPORTS = "rollcall(imports)";
const GLOBALS = "rollcall(globals)";

/** A file that the lint must refuse: where it lies, its text, and the rule that refuses it. */
interface Sample {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly rule: string;
}

/** Another room that `room` may import, and one that it may not. */
function neighbours(room: string): {
  readonly allowed: string | undefined;
  readonly refused: string | undefined;
} {
  const imports = ROOMS[room]?.imports ?? [];
  const refused = SOURCE_ROOMS.find((other) => other !== room && !imports.includes(other));
  return { allowed: imports[0], refused };
}

function samplesOf(room: string): Sample[] {
  const path = `src/${room}/sample.ts`;
  const sample = (name: string, text: string, rule = IMPORTS, at = path): Sample => ({
    name: `src/${room} ${name}`,
    path: at,
    text,
    rule,
  });
  const { allowed, refused } = neighbours(room);
  return [
    sample("imports a room that its row does not name", `export * from "../${refused}/index.ts";`),
    sample(
      "imports it from a folder further down",
      `export * from "../../${refused}/index.ts";`,
      IMPORTS,
      `src/${room}/deeper/sample.ts`,
    ),
    sample("imports it at run time", `export const other = import("../${refused}/index.ts");`),
    sample("imports a type of it", `export type Other = import("../${refused}/index.ts").Other;`),
    sample("imports a path it computes", "export const load = (path: string) => import(path);"),
    sample("imports a door", 'export * from "../main.ts";'),
    sample("imports a test", 'export * from "../../test/support/sources.ts";'),
    sample("imports the local GitHub", 'export * from "local-github";'),
    sample("imports the local GitHub by its name", 'export * from "local-github";'),
    ...(allowed === undefined
      ? []
      : [sample("passes the index of a room", `export * from "../${allowed}/inside.ts";`)]),
    ...(ROOMS[room]?.pure === true
      ? [
          sample("is pure and reads files", 'export * from "node:fs";'),
          sample("is pure and starts processes", 'export * from "child_process";'),
          sample("is pure and calls GitHub", 'export * from "@octokit/rest";'),
          sample("is pure and calls the network", 'export const answer = fetch("x");', GLOBALS),
          sample("is pure and hides the global", "export const all = globalThis;", GLOBALS),
          sample("is pure and reads the environment", "export const home = process.env;", GLOBALS),
          sample("is pure and waits", "setTimeout(() => {}, 1);\nexport {};", GLOBALS),
        ]
      : []),
  ];
}

const SAMPLES: readonly Sample[] = [
  ...SOURCE_ROOMS.flatMap(samplesOf),
  { name: "an unknown room", path: "src/attic/sample.ts", text: "export const one = 1;", rule: IMPORTS },
  { name: "an unknown door", path: "src/side.ts", text: "export const one = 1;", rule: IMPORTS },
  { name: "an unknown folder", path: "attic/sample.ts", text: "export const one = 1;", rule: IMPORTS },
  {
    name: "a door that passes an index",
    path: "src/main.ts",
    text: 'export * from "./store/database.ts";',
    rule: IMPORTS,
  },
  ...["demo", "bench", "fixtures", "local-github"].map((folder) => ({
    name: `${folder} imports a test`,
    path: `${folder}/sample.ts`,
    text: 'export * from "../test/support/sources.ts";',
    rule: IMPORTS,
  })),
  ...["demo", "bench", "test"].map((folder) => ({
    name: `${folder} passes the index of the local GitHub`,
    path: `${folder}/sample.ts`,
    text: 'export * from "../local-github/site.ts";',
    rule: IMPORTS,
  })),
  {
    name: "the demo passes the index of a room",
    path: "demo/other.ts",
    text: 'export * from "../src/detect/detect.ts";',
    rule: IMPORTS,
  },
  {
    name: "the environment is read outside of the doors",
    path: "src/store/environment.ts",
    text: "export const home = process.env;",
    rule: "node(no-process-env)",
  },
  {
    name: "a promise floats",
    path: "src/jobs/promise.ts",
    text: "async function work() {}\nwork();\nexport {};",
    rule: "typescript(no-floating-promises)",
  },
  {
    name: "any",
    path: "src/jobs/any.ts",
    text: "export const anything: any = 1;",
    rule: "typescript(no-explicit-any)",
  },
  {
    name: "a non-null assertion",
    path: "src/jobs/assertion.ts",
    text: "export const one = [1][0]!;",
    rule: "typescript(no-non-null-assertion)",
  },
].map((sample, index) => ({ ...sample, path: sample.path.replace(/sample\.ts$/, `sample-${index}.ts`) }));

const CYCLES = Object.keys(FOLDERS);

describe("the table of rooms", () => {
  test("declares every folder of src/, and no other", () => {
    expect(Object.keys(ROOMS).toSorted()).toEqual(SOURCE_ROOMS.toSorted());
  });

  test.each(SOURCE_ROOMS)("src/%s has an index.ts", (room) => {
    expect(readdirSync(join(ROOT, "src", room))).toContain("index.ts");
  });

  test.each(SOURCE_ROOMS)("imports lead from src/%s never back to it", (room) => {
    const reached = new Set<string>();
    const follow = (from: string): void => {
      const { imports = [], types = [] } = ROOMS[from] ?? {};
      for (const next of [...imports, ...types]) {
        if (reached.has(next)) continue;
        reached.add(next);
        follow(next);
      }
    };
    follow(room);
    expect([...reached]).not.toContain(room);
  });

  test("pure rooms import the code of pure rooms only", () => {
    const impure = Object.entries(ROOMS).flatMap(([room, { pure, imports }]) =>
      pure ? imports.filter((other) => ROOMS[other]?.pure !== true).map((other) => `${room} → ${other}`) : [],
    );
    expect(impure).toEqual([]);
  });

  test("src/domain imports no room", () => {
    expect(ROOMS["domain"]?.imports).toEqual([]);
  });

  test("names only rooms, folders and doors that exist", () => {
    const named = [
      ...Object.values(ROOMS),
      ...Object.values(DOORS).map((imports) => ({ imports, types: [] })),
    ];
    const unknown = named
      .flatMap(({ imports, types = [] }) => [...imports, ...types])
      .filter((room) => !SOURCE_ROOMS.includes(room));
    expect(unknown).toEqual([]);
    expect(foldersIn("")).toEqual(expect.arrayContaining(Object.keys(FOLDERS)));
    expect(readdirSync(join(ROOT, "src")).map((name) => `src/${name}`)).toEqual(
      expect.arrayContaining(Object.keys(DOORS)),
    );
  });
});

describe("the lint", () => {
  let tree = "";
  /** Rules that each file breaks. */
  let found = new Map<string, readonly string[]>();

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), "rollcall-layering-"));
    await symlink(join(ROOT, "node_modules"), join(tree, "node_modules"));
    for (const path of [".oxlintrc.json", "tsconfig.json", "lint"])
      await cp(join(ROOT, path), join(tree, path), { recursive: true });

    for (const { path, text } of SAMPLES) await write(path, text);
    for (const folder of CYCLES) {
      await write(
        `${folder}${folder === "src" ? "/jobs" : ""}/one.ts`,
        'import type { Two } from "./two.ts";\nexport type One = Two[];',
      );
      await write(
        `${folder}${folder === "src" ? "/jobs" : ""}/two.ts`,
        'import type { One } from "./one.ts";\nexport type Two = One[];',
      );
    }
    for (const room of SOURCE_ROOMS) {
      const imports = (ROOMS[room]?.imports ?? []).map((other) => `export * from "../${other}/index.ts";`);
      await write(`src/${room}/innocent.ts`, [...imports, "export const now = new Date(0);"].join("\n"));
    }
    await write(
      "bench/innocent.ts",
      'export * from "../src/detect/detect.ts";\nexport * from "../fixtures/keys.ts";',
    );
    found = await lint();
  });

  afterAll(async () => {
    await rm(tree, { recursive: true, force: true });
  });

  test.each(SAMPLES)("refuses that $name", ({ path, rule }) => {
    expect(found.get(path) ?? []).toContain(rule);
  });

  test.each(CYCLES)("refuses a cycle of type imports in %s", (folder) => {
    expect(found.get(`${folder}${folder === "src" ? "/jobs" : ""}/one.ts`)).toContain("import(no-cycle)");
  });

  test.each(SOURCE_ROOMS)("accepts what the row of src/%s allows", (room) => {
    expect(found.get(`src/${room}/innocent.ts`)).toBeUndefined();
  });

  test("accepts a bench that measures the inside of a room", () => {
    expect(found.get("bench/innocent.ts")).toBeUndefined();
  });

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${text}\n`);
  }

  async function lint(): Promise<Map<string, readonly string[]>> {
    const oxlint = join(ROOT, "node_modules/.bin/oxlint");
    const { stdout } = await run(
      process.execPath,
      [oxlint, "--type-aware", "--deny-warnings", "-f", "json"],
      {
        cwd: tree,
        maxBuffer: 1 << 26,
      },
    ).catch((error: unknown) => z.object({ stdout: z.string() }).parse(error));
    const { diagnostics } = z
      .object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) })
      .parse(JSON.parse(stdout));
    const byFile = Map.groupBy(diagnostics, ({ filename }) => filename);
    return new Map([...byFile].map(([file, all]) => [file, all.map(({ code }) => code)]));
  }
});
