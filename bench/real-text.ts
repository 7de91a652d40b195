/**
 * Precision on real text: installs some hundred packages of npm (no script of theirs runs), or with `payment` those of payment
 * vendors and integrations from npm and PyPI, scans all their files with the command line, and prints every finding, for a
 * person to look at. `npm run -s compare:real-text [-- FOLDER [payment]]`: FOLDER keeps the packages for the next run.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./compare/command.ts";
import { NPM, PYPI } from "./payment-packages.ts";
import { PACKAGES } from "./real-text-packages.ts";

const CLI = join(import.meta.dirname, "../src/cli.ts");
/** Packages that npm is given at once: one that has gone from the registry spoils only its batch, which is then tried one by one. */
const BATCH = 20;

const [, , kept, set] = process.argv;
const npm = set === "payment" ? NPM : PACKAGES;
const pypi = set === "payment" ? PYPI : [];
const root = kept ?? mkdtempSync(join(tmpdir(), "rollcall-real-text-"));
mkdirSync(root, { recursive: true });
try {
  if (!existsSync(join(root, "done"))) {
    const missing = [...installAll(npm), ...downloadAll(pypi)];
    writeFileSync(join(root, "done"), missing.join("\n"));
    console.log(
      `${npm.length + pypi.length - missing.length} packages installed; could not install: ${missing.join(", ") || "none"}`,
    );
  }
  const { status, stdout, stderr } = command(process.execPath, [CLI, "--explain", "."], root);
  console.log(`${stdout}${stderr}\nexit code ${status}`);
} finally {
  if (kept === undefined) rmSync(root, { recursive: true, force: true });
}

function installAll(names: readonly string[]): string[] {
  const missing: string[] = [];
  for (let start = 0; start < names.length; start += BATCH) {
    const batch = names.slice(start, start + BATCH);
    console.error(`installing ${start + batch.length} of ${names.length}`);
    if (!install(`batch-${start}`, batch))
      missing.push(...batch.filter((name, index) => !install(`batch-${start}-${index}`, [name])));
  }
  return missing;
}

/** Each batch has a folder of its own: their dependencies need not agree. */
function install(folder: string, names: readonly string[]): boolean {
  const home = join(root, folder);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }));
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--force", "--loglevel=error"];
  const installed = command("npm", ["install", ...options, ...names], home).status === 0;
  if (!installed) rmSync(home, { recursive: true, force: true });
  return installed;
}

/** Wheels as they are: nothing of theirs is built or run, and the command line opens them itself. */
function downloadAll(names: readonly string[]): string[] {
  const options = [
    "download",
    "--quiet",
    "--no-deps",
    "--only-binary",
    ":all:",
    "--dest",
    join(root, "pypi"),
  ];
  return names.filter((name) => {
    console.error(`downloading ${name}`);
    return command("pip3", [...options, name], root).status !== 0;
  });
}
