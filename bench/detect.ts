/**
 * How fast the detector reads, in process, all forms on: bytes a second of processor time, medians of runs that take turns. Beside it two
 * searches that find far less, as a yardstick: one alternation of 13 anchors, and `indexOf` of one.
 *
 *     node bench/detect.ts [FOLDER]     source text from FOLDER, node_modules by default
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDetector, detect, whichMayHoldCredential } from "../src/detect/index.ts";

import { createRandom } from "../fixtures/keys.ts";
const MEGABYTE = 1e6;
const RUNS = 7;
const SOURCE = /\.(?:[cm]?[jt]s|tsx|json|md|py|css|html)$/;
const MINIFIED = /\.min\.[cm]?js$/;
const ANCHORS =
  /k_live_|k_test_|k_org_|whsec_|c2tfbGl2ZV|NrX2xpdmVf|za19saXZlX|c2tfdGVzdF|NrX3Rlc3Rf|za190ZXN0X|%5Flive|%5Ftest|sk_"/g;

interface Corpus {
  readonly name: string;
  readonly bar: number;
  readonly files: readonly Uint8Array[];
}

function main(): void {
  if (process.argv[2] === "--stream") {
    console.log(memoryOfStream());
    return;
  }
  const folder = process.argv[2] ?? "node_modules";
  const files = [...filesIn(folder)];
  const corpora: readonly Corpus[] = [
    { name: "source text, by file", bar: 500, files: take(files, SOURCE, 120) },
    { name: "source text, in one piece", bar: 500, files: [Buffer.concat(take(files, SOURCE, 120))] },
    { name: "minified text", bar: 200, files: minified(files) },
    { name: "base64, one line", bar: 200, files: [base64(40)] },
    { name: "base64, wrapped at 76", bar: 200, files: [wrapped(base64(40))] },
  ];
  const rows = corpora.map((corpus) => {
    const size = corpus.files.reduce((sum, file) => sum + file.length, 0) / MEGABYTE;
    const [detected = 0, looked = 0, streamed = 0, alternation = 0, one = 0] = medians([
      () => corpus.files.forEach((file) => detect(file, null)),
      () => whichMayHoldCredential(corpus.files),
      () => corpus.files.forEach(stream),
      () => corpus.files.forEach((file) => text(file).replaceAll(ANCHORS, "")),
      () =>
        corpus.files.forEach((file) =>
          Buffer.from(file.buffer, file.byteOffset, file.length).indexOf("k_live_"),
        ),
    ]);
    return {
      text: corpus.name,
      MB: Math.round(size),
      "detect, MB/s": Math.round(size / detected),
      "first look in batches, MB/s": Math.round(size / looked),
      "in chunks, MB/s": Math.round(size / streamed),
      "13 anchors, MB/s": Math.round(size / alternation),
      "indexOf, MB/s": Math.round(size / one),
      bar: corpus.bar,
    };
  });
  console.table(rows);
  console.log(`a stream of 1,000 MB: at most ${streamedApart()} MB of memory in all`);
}

/** Median seconds of processor time of each, the runs taking turns, so that what else the machine does hits all alike. */
function medians(runs: readonly (() => void)[]): readonly number[] {
  const seconds = runs.map((): number[] => []);
  for (let turn = 0; turn < RUNS; turn++) {
    for (const [index, run] of runs.entries()) {
      const start = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(start);
      seconds[index]?.push((user + system) / 1e6);
    }
  }
  return seconds.map((times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity);
}

function stream(file: Uint8Array): void {
  const detector = createDetector(null);
  for (let at = 0; at < file.length; at += 65_536) detector.push(file.subarray(at, at + 65_536));
  detector.finish();
}

/** In a process of its own, whose memory holds nothing else. */
function streamedApart(): string {
  return execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--stream"], {
    encoding: "utf8",
  }).trim();
}

function memoryOfStream(): number {
  const chunk = wrapped(base64(1));
  const detector = createDetector(null);
  let peak = 0;
  for (let megabyte = 0; megabyte < 1000; megabyte++) {
    detector.push(chunk);
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  detector.finish();
  return Math.round(peak / MEGABYTE);
}

function text(file: Uint8Array): string {
  return Buffer.from(file.buffer, file.byteOffset, file.length).toString("latin1");
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith(".")) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

function take(paths: readonly string[], names: RegExp, megabytes: number): Uint8Array[] {
  const files: Uint8Array[] = [];
  let left = megabytes * MEGABYTE;
  for (const path of paths) {
    if (left <= 0) break;
    if (!names.test(path)) continue;
    const file = readFileSync(path);
    left -= file.length;
    files.push(file);
  }
  return files;
}

/** Minified files where there are any, several times over; else source text without its line breaks. */
function minified(paths: readonly string[]): Uint8Array[] {
  const found = take(paths, MINIFIED, 20);
  if (found.length > 0) {
    const size = found.reduce((sum, file) => sum + file.length, 0);
    return Array.from({ length: Math.ceil((20 * MEGABYTE) / size) }, () => found).flat();
  }
  const source = text(Buffer.concat(take(paths, /\.js$/, 20)));
  return [Buffer.from(source.replaceAll(/\s+/g, " "), "latin1")];
}

function base64(megabytes: number): Uint8Array {
  const random = createRandom(1).text(750_000);
  const piece = Buffer.from(random, "latin1").map((byte, at) => byte ^ (at * 31));
  return Buffer.from(Buffer.from(piece).toString("base64").repeat(megabytes), "latin1");
}

function wrapped(line: Uint8Array): Uint8Array {
  return Buffer.from(text(line).replaceAll(/.{76}/g, "$&\n"), "latin1");
}

main();
