/** The backups that docs/operations.md describes: made, lost, restored, and worked on. */
import { execFile } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const run = promisify(execFile);

test("a copy of the stopped data folder without its mirrors is restored, and the leak in it lives on", async () => {
  const app = await installApp({ as: "real" });
  const project = await app.project();
  const clone = await project.begun();
  const leaked = await clone.commit("Pay", { "pay.ts": `const key = "${app.key("backup")}";\n` });
  await clone.push("HEAD:main");
  await project.completedCheck(leaked, ({ conclusion }) => conclusion === "failure");
  await app.settled();
  const [issue] = project.issues();
  expect(issue?.state).toBe("open");

  await app.stop();
  const archive = join(app.directory, "backup.tar.gz");
  await run("tar", ["-C", app.dataDirectory, "--exclude=./mirrors", "-czf", archive, "."]);
  // What comes after the copy is not in it.
  await app.start();
  const later = await clone.commit("Another", { "other.ts": "export {};\n" });
  await clone.push("HEAD:main");
  await project.completedCheck(later);
  await app.settled();
  await app.stop();

  await rm(app.dataDirectory, { recursive: true, force: true });
  await mkdir(app.dataDirectory, { mode: 0o700 });
  // Owners are kept: run by root, the database belongs to another user.
  await run("tar", ["-C", app.dataDirectory, "-xpzf", archive]);
  expect(await readdir(app.dataDirectory)).not.toContain("mirrors");
  await app.start();
  if (issue !== undefined) app.github.closeIssue(project.repository, issue.number, "ann");
  await project.completedCheck(leaked, ({ conclusion }) => conclusion === "success");
  await app.settled();
  expect(project.issues()).toHaveLength(1);
  const afterwards = await clone.commit("After the restore", { "third.ts": "export {};\n" });
  await clone.push("HEAD:main");
  await project.completedCheck(afterwards, ({ conclusion }) => conclusion === "success");
});
