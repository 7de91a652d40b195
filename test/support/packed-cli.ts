import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { z } from "zod";

/** The package of the command line, as people get it: packed, then installed from the tarball into an empty folder. */

const ROOT = join(import.meta.dirname, "../..");
const packed = z.tuple([
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string(), mode: z.int() })) }),
]);

export interface PackedCli {
  readonly tarball: string;
  /** Its files, by their path in the package. */
  readonly files: readonly string[];
  /** The folder it was installed into. */
  readonly folder: string;
  /** The program that `npx rollcall` and hooks start. */
  readonly program: string;
}

/** Builds, packs and installs it below `directory`; in the release, what is going to be published. */
export function packCli(directory: string): PackedCli {
  const ready = process.env["PACKED_CLI"];
  const what = ready === undefined ? [] : [ready];
  const json = npm(join(ROOT, "packages/cli"), "pack", ...what, "--json", "--pack-destination", directory);
  const [{ filename, files }] = packed.parse(JSON.parse(json));
  const tarball = join(directory, filename);
  const folder = join(directory, "installed");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), "{}");
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", tarball);
  return {
    tarball,
    files: files.map(({ path }) => path).sort(),
    folder,
    program: join(folder, "node_modules/.bin/rollcall"),
  };
}

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync("npm", [...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** A version of Node that is installed here. */
export interface InstalledNode {
  readonly program: string;
  readonly version: string;
}

/** Of every major version on the path that the package supports, the first; this process's own is one of them. */
export function installedNodes(oldest: number): readonly InstalledNode[] {
  const programs = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  const byMajor = new Map([
    [majorOf(process.version), { program: process.execPath, version: process.version }],
  ]);
  for (const program of programs.filter((path) => existsSync(path))) {
    const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.trim();
    const major = majorOf(version);
    if (major >= oldest && !byMajor.has(major)) byMajor.set(major, { program, version });
  }
  return [...byMajor.values()];
}

function majorOf(version: string): number {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
}
