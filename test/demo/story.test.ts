import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KEYS, STORY } from "../../demo/story.ts";
import { inheritedEnvironment } from "../support/app-environment.ts";
import { openFolder } from "../support/folders.ts";

/** Runs the demo as a person does, in a temporary folder of its own. */
async function startDemo(...args: string[]) {
  const directory = await openFolder("rollcall-test-");
  const out = await mkdtemp(join(tmpdir(), "rollcall-test-"));
  const child = spawn(process.execPath, ["demo/main.ts", "--out", out, ...args], {
    cwd: join(import.meta.dirname, "../.."),
    env: { ...inheritedEnvironment(), TMPDIR: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
    await rm(out, { recursive: true, force: true });
  });
  const exited = Promise.withResolvers<number | null>();
  child.once("exit", (code) => exited.resolve(code));
  const told = { text: "" };
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      told.text += chunk;
      for (const listener of listeners) listener();
    });
  }
  return {
    child,
    told,
    page: join(out, "index.html"),
    leftovers: () => readdir(directory),
    exitCode: () => exited.promise,
    async says(text: string): Promise<void> {
      const said = Promise.withResolvers<void>();
      const listen = (): void => {
        if (told.text.includes(text)) said.resolve();
      };
      listeners.add(listen);
      listen();
      await Promise.race([said.promise, exited.promise]);
      expect(told.text).toContain(text);
    },
  };
}

/** Who did what in the timeline of the page, without the texts of comments. */
function lifeOn(page: string): string[] {
  const [, view = ""] = page.split(`id="life"`);
  const [timeline = ""] = view.split("</section>");
  return [...timeline.matchAll(/<\/(?:svg|span)>\s*<div>\s*<p>(.*?)<\/p>/gs)].map(([, text = ""]) =>
    text
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll("&#39;", "'")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
}

test("--once tells every chapter, gets every expected verdict, shows no key and leaves no files", async () => {
  const demo = await startDemo("--once");
  const code = await demo.exitCode();
  expect({ code, told: demo.told.text }).toMatchObject({ code: 0 });
  for (const chapter of STORY) expect(demo.told.text).toContain(chapter.title);
  expect(demo.told.text).toContain(`All ${STORY.length} verdicts were as expected`);
  const page = await readFile(demo.page, "utf8");
  for (const key of KEYS) {
    for (const shown of [demo.told.text, page]) {
      expect(shown.includes(key)).toBe(false);
      expect(shown.includes(key.slice(-30))).toBe(false);
    }
  }
  expect(demo.told.text).toContain("Rollcall history: 1 live key in history, none at the tip");
  expect(page).toContain("What acme/warehouse held before Rollcall was installed");
  expect(page).toContain("In history since:");
  const life = lifeOn(page);
  expect(life.filter((moment) => moment.includes(" the check on "))).toEqual([
    expect.stringMatching(/^rollcall bot completes the check on \w{7} with failure: /),
    expect.stringMatching(/^rollcall bot turns the check on \w{7} to success, without a push: /),
  ]);
  // Whether the pull request or the issue comes first depends on the machine, and so does the check.
  const opened = "ann opens the pull request “A script for refunds”";
  expect(life).toContain(opened);
  const ordered = life.filter((moment) => moment !== opened && !moment.includes(" the check on "));
  expect(ordered).toEqual([
    "ann commits “Add a script for refunds”",
    "ann commits “Remove the key from the script”",
    "ann pushes to refunds",
    expect.stringMatching(
      /^rollcall bot opens issue #\d: Roll the leaked live Stripe restricted key rk_live_…/,
    ),
    "rollcall bot assigns ann",
    expect.stringMatching(/^ann commits “Keep keys out of the repository \/ Fixes #\d”$/),
    "ann pushes to main",
    expect.stringMatching(/^ann closes issue #\d by the commit \w{7}$/),
    "rollcall bot comments",
    expect.stringMatching(/^rollcall bot reopens issue #\d$/),
    expect.stringMatching(/^ann closes issue #\d as completed$/),
    "rollcall bot comments",
    expect.stringMatching(/^rollcall bot reopens issue #\d$/),
    "ann rolls the key in Stripe's Dashboard: the old one is dead",
    "ann clicks “Re-check” on the check",
    "rollcall bot comments",
    expect.stringMatching(/^rollcall bot closes issue #\d as completed$/),
  ]);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<img");
  expect(page).toContain("&#60;img src=x&#62;");
  expect(demo.told.text).not.toContain("\u{1b}");
  expect(await demo.leftovers()).toEqual([]);
});

test("Ctrl+C in the middle ends everything and removes all files", async () => {
  const demo = await startDemo();
  await demo.says("git push");
  demo.child.kill("SIGINT");
  expect(await demo.exitCode()).toBe(130);
  expect(demo.told.text).toContain("everything is removed");
  expect(await demo.leftovers()).toEqual([]);
});

test("Ctrl+C twice ends it at once and still removes all files", async () => {
  const demo = await startDemo();
  await demo.says("git push");
  demo.child.kill("SIGINT");
  demo.child.kill("SIGTERM");
  expect(await demo.exitCode()).toBe(130);
  expect(await demo.leftovers()).toEqual([]);
});
