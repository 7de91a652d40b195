import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const SCAN = join(import.meta.dirname, "../../src/scan.js");
const LIST_MODULES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  const loaded = [];
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
  process.on("exit", () => process.stderr.write(loaded.join("\\n")));
`)}`;

test("a scan of files loads no schema, no glob, no patch reader and nothing that writes to GitHub", () => {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-start-"));
  try {
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", LIST_MODULES, SCAN, folder], {
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout).toContain("Found no Stripe credentials.");
    expect(stderr).toContain("/src/cli/run.ts");
    expect(stderr).not.toMatch(
      /node_modules\/(?:zod|picomatch)\/|src\/diff\/|src\/report\/(?:check-run|issue)\//,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
