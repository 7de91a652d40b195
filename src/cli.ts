import nodeModule from "node:module";
import { join } from "node:path";
import { styleText } from "node:util";

// Before anything else is loaded: starting takes 0.2 s with the cache and 0.3 s without. A folder that cannot be
// written costs nothing but the time. Node 20, on which the package runs too, has no such cache.
nodeModule.enableCompileCache?.(join(import.meta.dirname, "../node_modules/.cache/rollcall"));
const { run } = await import("./cli/index.ts");

// Set first: an early end must not look like "nothing found", and Node's own exit code for a crash is 1.
process.exitCode = 2;
process.on("uncaughtException", (error) => {
  fail(error);
  process.exit(2);
});
// A reader that has seen enough (`| head`) closes the pipe, which is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    process.stderr.write(`rollcall: could not write the report: ${error.code ?? error.name}\n`);
    process.exitCode = 2;
  }
});

// The first Ctrl-C ends the reading of a history, and what was found is reported; the second ends the search for commits
// too; the third ends the process. Every other scan ends at the first.
const interrupts = [new AbortController(), new AbortController()] as const;
if (process.argv.includes("--git") || process.argv.includes("--staged")) {
  process.on("SIGINT", () => {
    const next = interrupts.find(({ signal }) => !signal.aborted);
    if (next === undefined) process.exit(2);
    next.abort();
  });
}

try {
  process.exitCode = await run(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    colour: styleText("red", "x", { stream: process.stdout }) !== "x",
    // Compiled, it is the package.
    command: import.meta.filename.endsWith(".ts") ? "npm run -s scan --" : "rollcall",
    version: versionOf(nodeModule.createRequire(import.meta.url)("../package.json")),
    now: new Date(),
    milliseconds: () => performance.now(),
    environment: process.env,
    interruption: { reading: interrupts[0].signal, everything: interrupts[1].signal },
  });
} catch (error) {
  fail(error);
  process.exitCode = 2;
}

/** By hand, because loading zod takes longer than a small scan. */
function versionOf(manifest: unknown): string {
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    const { version } = manifest;
    if (typeof version === "string") return version;
  }
  throw new TypeError("package.json names no version.");
}

/** The message of an unknown error may quote a file, so only its name and place are shown. */
function fail(error: unknown): void {
  const name = error instanceof Error ? error.name : "error";
  const place = error instanceof Error ? (error.stack?.split("\n    at ").at(1) ?? "") : "";
  process.stderr.write(`rollcall: the scan failed with an unexpected error: ${name} at ${place}\n`);
}
