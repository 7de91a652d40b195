import nodeModule from "node:module";
import { z } from "zod";
import { runAction } from "./action/index.ts";

const { version } = z
  .object({ version: z.string() })
  .parse(nodeModule.createRequire(import.meta.url)("../package.json"));

/** `action.yml` ends the job with the code that this writes to `GITHUB_OUTPUT`, once the report is uploaded. */
try {
  await runAction({
    stdout: process.stdout,
    environment: process.env,
    version,
    now: new Date(),
    milliseconds: () => performance.now(),
  });
} catch (error) {
  // The message of an unknown error may quote a file, so only its name and place are shown.
  const name = error instanceof Error ? error.name : "error";
  const place = error instanceof Error ? (error.stack?.split("\n    at ").at(1) ?? "") : "";
  process.stderr.write(`rollcall: the scan failed with an unexpected error: ${name} at ${place}\n`);
  process.exitCode = 2;
}
