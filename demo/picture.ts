import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createPaint } from "./paint.ts";
import { runDemo } from "./run-demo.ts";
import { PAST_KEY, STORY, WORKING_KEYS } from "./story.ts";

const run = promisify(execFile);

/** Tried in this order; CHROMIUM names another one. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];
const SCREENSHOT_MS = 60_000;

/** What the README shows: a view of the page, and how much of it, in CSS pixels. */
const PICTURES = [
  { view: "check-leak", file: "check.png", width: 1120, height: 926 },
  { view: "issue-1", file: "issue.png", width: 1080, height: 905 },
  { view: "past", file: "history.png", width: 1120, height: 770 },
  { view: "life", file: "life.png", width: 1120, height: 1190 },
];

const IMAGES = join(import.meta.dirname, "../docs/images");

/** `npm run demo:pictures`: tells the story in silence and draws the README's pictures with headless Chromium. */
async function main(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-pictures-"));
  try {
    const browser = await findBrowser();
    if (browser === null) {
      console.error(`No browser: install chromium, or name one in CHROMIUM (tried ${BROWSERS.join(", ")}).`);
      return 1;
    }
    const held = await runDemo({
      story: STORY,
      workingKeys: WORKING_KEYS,
      pastKey: PAST_KEY,
      once: true,
      out: directory,
      signal: new AbortController().signal,
      audience: { print: () => undefined, paint: createPaint(false), width: 80 },
    });
    if (!held) {
      console.error("A verdict was not the expected one: see `npm run demo`.");
      return 1;
    }
    await mkdir(IMAGES, { recursive: true });
    for (const { view, file, width, height } of PICTURES) {
      const target = join(IMAGES, file);
      await rm(target, { force: true });
      await run(
        browser,
        [
          "--headless",
          // The page is made here and runs no script; in a container the sandbox often cannot start.
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--hide-scrollbars",
          "--force-device-scale-factor=1.5",
          `--user-data-dir=${join(directory, `browser-${view}`)}`,
          `--window-size=${width},${height}`,
          `--screenshot=${target}`,
          `${pathToFileURL(join(directory, "index.html")).href}#${view}`,
        ],
        { timeout: SCREENSHOT_MS },
      );
      // The browser's exit code is 0 also where it could not write.
      const { size } = await stat(target);
      console.log(`${target}  ${Math.round(size / 1000)} kB`);
    }
    return 0;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function findBrowser(): Promise<string | null> {
  const named = process.env["CHROMIUM"];
  for (const name of named === undefined ? BROWSERS : [named]) {
    try {
      await run(name, ["--version"]);
      return name;
    } catch {
      continue;
    }
  }
  return null;
}

process.exitCode = await main();
