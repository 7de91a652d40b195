import { existsSync } from "node:fs";
import { runEvidence } from "./evidence/index.ts";

// Set first: an early end must not look like "no leak is open".
process.exitCode = 2;
// A reader that has seen enough (`| head`) closes the pipe, which is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE")
    process.stderr.write(`rollcall: could not write: ${error.code ?? error.name}\n`);
});

if (existsSync(".env")) process.loadEnvFile(".env");

try {
  process.exitCode = await runEvidence(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    now: () => new Date(),
  });
} catch (error) {
  // The message of an unknown error may hold the address of the database.
  process.stderr.write(
    `rollcall: could not read the record: unexpected ${error instanceof Error ? error.name : "error"}\n`,
  );
  process.exitCode = 2;
}
