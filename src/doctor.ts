import { readFileSync } from "node:fs";
import { runDoctor } from "./doctor/index.ts";

// Set first: an early end must not look like "all is well".
process.exitCode = 2;
// A reader that has seen enough (`| head`) closes the pipe, which is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE")
    process.stderr.write(`rollcall: could not write: ${error.code ?? error.name}\n`);
});

try {
  process.exitCode = await runDoctor(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    directory: process.cwd(),
    node: process.versions.node,
    now: () => new Date(),
    manifest: readFileSync(new URL("../app.yml", import.meta.url), "utf8"),
    packageJson: readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  });
} catch (error) {
  // The message of an unknown error may hold an address or a token.
  process.stderr.write(
    `rollcall: could not examine the installation: unexpected ${error instanceof Error ? error.name : "error"}\n`,
  );
}
