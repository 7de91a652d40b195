/**
 * Times the detector against secretlint's Stripe rule on the same texts, both in this process, in memory, in one run,
 * medians of processor time: `node bench/compare/in-process.ts FOLDER`, FOLDER with real text. Prints Markdown.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { detect } from "../../src/detect/index.ts";
import { textFiles } from "./real-files.ts";
import { installSecretlint, stripeOnly, PRESET } from "./secretlint.ts";

const MB = 1_000_000;
const RUNS = 5;

interface Text {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly text: string;
}

type LintSource = (request: {
  source: { content: string; filePath: string; ext: string; contentType: "text" };
  options: { config: unknown };
}) => Promise<unknown>;

const coreSchema = z.object({
  lintSource: z.custom<LintSource>((value) => typeof value === "function"),
});
const presetSchema = z.object({ creator: z.unknown() });

const folder = process.argv[2];
if (folder === undefined) {
  console.error("Give the folder of real text: node bench/compare/in-process.ts FOLDER");
  process.exitCode = 2;
} else {
  const root = mkdtempSync(join(tmpdir(), "rollcall-in-process-"));
  try {
    console.log(await measure(folder, root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function measure(from: string, root: string): Promise<string> {
  const home = installSecretlint(root);
  if (home === null) return "npm could not install secretlint.";
  const { lintSource } = coreSchema.parse(await importFrom(home, "@secretlint/core/module/index.js"));
  const { creator } = presetSchema.parse(await importFrom(home, `${PRESET}/module/index.js`));
  const [rule] = stripeOnly(home).rules;
  const config = { rules: [{ ...rule, rule: creator }] };
  const sizes = [
    { name: "files of 1 to 16 KB", from: 1000, to: 16_000 },
    { name: "files of 100 KB and more", from: 100_000, to: Number.POSITIVE_INFINITY },
  ];
  const rows = ["| | Rollcall | secretlint, Stripe rule | Times |", "|---|---:|---:|---:|"];
  for (const size of sizes) {
    const texts = readTexts(from, 40 * MB, (bytes) => bytes >= size.from && bytes < size.to);
    const total = texts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const own: number[] = [];
    const theirs: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      own.push(
        await timed(() => {
          for (const { bytes, path } of texts) detect(bytes, path);
        }),
      );
      theirs.push(
        await timed(async () => {
          for (const { text, path } of texts) {
            const source = { content: text, filePath: path, ext: ".js", contentType: "text" as const };
            await lintSource({ source, options: { config } });
          }
        }),
      );
      // secretlint marks each rule it runs, and Node keeps the marks.
      performance.clearMarks();
      performance.clearMeasures();
    }
    const [ours, others] = [median(own), median(theirs)];
    rows.push(
      `| ${texts.length} ${size.name}, ${(total / MB).toFixed(0)} MB | ${(total / MB / ours).toFixed(0)} MB/s | ${(total / MB / others).toFixed(0)} MB/s | ${(others / ours).toFixed(0)} |`,
    );
  }
  return rows.join("\n");
}

function importFrom(home: string, path: string): Promise<unknown> {
  return import(pathToFileURL(join(home, "node_modules", path)).href);
}

function readTexts(from: string, bytes: number, wanted: (size: number) => boolean): readonly Text[] {
  const texts: Text[] = [];
  let read = 0;
  for (const path of textFiles(from)) {
    if (read >= bytes) break;
    const content = readFileSync(path);
    if (wanted(content.length)) {
      texts.push({ path, bytes: content, text: content.toString() });
      read += content.length;
    }
  }
  return texts;
}

/** Seconds of processor time, which other work on the machine disturbs less than the clock on the wall. */
async function timed(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
