/**
 * Times the command line against ripgrep and secretlint on the same files, in one run, medians: `npm run -s compare:speed --
 * FOLDER`, FOLDER with real text (the one that `compare:real-text` keeps). Prints Markdown.
 */
import { Buffer } from "node:buffer";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, has } from "./command.ts";
import type { CommandResult } from "./command.ts";
import { textFiles } from "./real-files.ts";
import { stripeRuleOnly } from "./secretlint.ts";

const CLI = join(import.meta.dirname, "../../src/cli.ts");
const PEAK = join(import.meta.dirname, "print-peak.ts");
const MB = 1_000_000;
const RUNS = 5;

/** The plain texts that a scanner for Stripe's credentials has to look for at least, base64 of the prefixes included. */
const PATTERNS =
  "sk_live_ sk_test_ rk_live_ rk_test_ sk_org_live_ whsec_ rkcs_test_ c2tfbGl2ZV NrX2xpdmVf za19saXZlX cmtfbGl2ZV JrX2xpdmVf ya19saXZlX".split(
    " ",
  );

const source = process.argv[2];
if (source === undefined) {
  console.error("Give the folder of real text: npm run -s compare:speed -- FOLDER");
  process.exitCode = 2;
} else {
  const root = mkdtempSync(join(tmpdir(), "rollcall-throughput-"));
  try {
    console.log(measure(source, root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function measure(from: string, root: string): string {
  const large = join(root, "large");
  const small = join(root, "small");
  const largeSize = copyText(from, large, 600 * MB);
  const smallSize = copyText(from, small, 60 * MB);
  const rows: string[] = [];

  const rollcallLarge: number[] = [];
  const ripgrepLarge: number[] = [];
  const withRipgrep = has("rg");
  for (let run = 0; run <= RUNS; run += 1) {
    const own = rollcall(large);
    const theirs = withRipgrep ? ripgrep(large) : null;
    // The first run warms the cache of the file system for both.
    if (run > 0) {
      rollcallLarge.push(own.seconds);
      ripgrepLarge.push(...(theirs === null ? [] : [theirs.seconds]));
    }
  }
  rows.push(row("Rollcall", largeSize, median(rollcallLarge)));
  if (withRipgrep) {
    rows.push(row(`ripgrep, ${PATTERNS.length} plain patterns`, largeSize, median(ripgrepLarge)));
    rows.push(`| times ripgrep's | | ${(median(rollcallLarge) / median(ripgrepLarge)).toFixed(1)} | |`);
  }

  const secretlint = stripeRuleOnly(root);
  const rollcallSmall = medianOf(3, () => rollcall(small));
  rows.push(row("Rollcall", smallSize, rollcallSmall));
  if (secretlint !== null) {
    const theirs = medianOf(3, () => secretlint(small));
    rows.push(row("secretlint, Stripe rule alone", smallSize, theirs));
    rows.push(`| times faster than secretlint | | ${(theirs / rollcallSmall).toFixed(0)} | |`);
  }
  const empty = join(root, "empty");
  mkdirSync(empty);
  rows.push(
    row(
      "Rollcall, an empty folder",
      0,
      medianOf(3, () => rollcall(empty)),
    ),
  );

  const big = join(root, "big.txt");
  writeBigFile(big, 1000 * MB);
  const { stderr, seconds } = command(
    process.execPath,
    ["--import", PEAK, CLI, "--format", "json", big],
    root,
  );
  const peak = Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1000;
  rows.push(
    `| Rollcall, one file of 1 GB: ${peak.toFixed(0)} MB of memory at most | 1000 MB | ${seconds.toFixed(2)} s | ${(1000 / seconds).toFixed(0)} MB/s |`,
  );

  return ["| | Size | Wall time | Rate |", "|---|---:|---:|---:|", ...rows].join("\n");
}

function rollcall(folder: string): CommandResult {
  return command(process.execPath, [CLI, "--format", "json", folder], folder);
}

function ripgrep(folder: string): CommandResult {
  const patterns = PATTERNS.flatMap((pattern) => ["-e", pattern]);
  return command("rg", ["-uuu", "--text", "--fixed-strings", "--count", ...patterns, folder], folder);
}

/** Copies files of the source, in the order of their names, until there are so many bytes; gives how many there are. */
function copyText(from: string, to: string, bytes: number): number {
  let copied = 0;
  let number = 0;
  for (const path of textFiles(from)) {
    if (copied >= bytes) break;
    const folder = join(to, String(Math.floor(number / 200)));
    if (number % 200 === 0) mkdirSync(folder, { recursive: true });
    copyFileSync(path, join(folder, `${number}.txt`));
    copied += statSync(path).size;
    number += 1;
  }
  return copied;
}

function writeBigFile(to: string, bytes: number): void {
  const file = openSync(to, "w");
  const line = Buffer.from(`${"plain text of a log that goes on and on ".repeat(3)}\n`.repeat(10_000));
  let written = 0;
  while (written < bytes) written += writeSync(file, line);
  closeSync(file);
}

function medianOf(runs: number, run: () => CommandResult): number {
  return median(Array.from({ length: runs }, () => run().seconds));
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function row(name: string, bytes: number, seconds: number): string {
  const rate = bytes === 0 ? "" : `${(bytes / MB / seconds).toFixed(0)} MB/s`;
  return `| ${name} | ${(bytes / MB).toFixed(0)} MB | ${seconds.toFixed(2)} s | ${rate} |`;
}
