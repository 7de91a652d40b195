/**
 * What a stranger's file costs the process: the event loop's longest block, seconds and memory, for files made to be
 * slow, searched as the app searches them, on its pool of threads. The longest block is given in time, to which a busy
 * machine adds, and in processor time of the main thread between two turns of its event loop, to which it does not.
 *
 *   npx node bench/hostile.ts [--only WORD]
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { createDetectionPool, scanCommit } from "../src/scan/index.ts";
import { keyOf } from "../fixtures/keys.ts";

const MEGABYTE = 1024 ** 2;
const key = keyOf("sk_live_", "hostile");
const shortKey = keyOf("sk_live_", "hostile", 24);

/** What is repeated, and to how many megabytes. */
const FILES: readonly (readonly [string, () => Buffer])[] = [
  ["plain text, 20 MB", () => repeated("const nothing = 'to see here';\n", 20)],
  ["base64 of a key, a line break after every 8", () => repeated(inPieces(base64(key)), 20)],
  ["prefixes", () => repeated("sk_live_", 12)],
  ["prefixes in literals", () => repeated('"sk_live_"+', 12)],
  ["prefixes in calls that join", () => repeated('join("sk_live_","a") ', 12)],
  ["prefixes in formats", () => repeated('"%s%s" % ("sk_live_", "a")', 12)],
  ["constants and their uses", () => repeated('A="sk_live_";$A$A$A$A$A$A$A', 12)],
  ["keys among the word stripe", () => repeated(`${"stripe".repeat(60)} ${shortKey} `, 12)],
  ["short prefixes", () => repeated(` ${"rt_".repeat(60)}`, 12)],
  ["keys, one a line", () => repeated(`${key}\n`, 12)],
  ["the word stripe", () => repeated("stripe_stripe.key=", 12)],
  ["base64 in base64", () => repeated(base64(base64(`x ${key}`)), 12)],
  ["UTF-16", () => Buffer.from(`${key}\n`.repeat(50_000), "utf16le")],
  ["gzip of 1 GB of zeros", () => gzipSync(Buffer.alloc(1024 * MEGABYTE))],
  ["gzip of 20 MB of hostile base64", () => gzipSync(repeated(inPieces(base64(key)), 20))],
];

function repeated(text: string, megabytes: number): Buffer {
  return Buffer.alloc(megabytes * MEGABYTE, text, "latin1");
}

function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}

function inPieces(text: string): string {
  return text.replace(/.{8}/g, "$&\n");
}

/** The most processor time, in milliseconds, that the main thread takes between two turns, until `stop`. */
function watchTurns(): { stop(): number } {
  let longest = 0;
  let isOver = false;
  let last = process.threadCpuUsage();
  const turn = (): void => {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    longest = Math.max(longest, (user + system) / 1000);
    if (!isOver) setTimeout(turn, 1);
  };
  turn();
  return {
    stop() {
      turn();
      isOver = true;
      return longest;
    },
  };
}

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const pool = createDetectionPool();
const rows = [];
for (const [file, make] of FILES) {
  if (!file.includes(values.only)) continue;
  const bytes = make();
  const files = [{ path: "x.txt", blob: null, content: { kind: "whole" as const, bytes, hunks: null } }];
  const commit = { sha: "c".repeat(40), parents: [], message: "", people: "", files, gaps: [] };
  await wait(500);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const memory = process.memoryUsage().rss;
  let peak = memory;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 100);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const turns = watchTurns();
  delay.enable();
  const scan = await scanCommit(commit, noBlob, new Date(), null, pool.scanContent);
  delay.disable();
  const block = turns.stop();
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  rows.push({
    file,
    "block, ms": Math.round(delay.max / 1e6),
    "its CPU, ms": Math.round(block),
    "wall, s": Number(((performance.now() - start) / 1000).toFixed(1)),
    "CPU, s": Number(((user + system) / 1e6).toFixed(1)),
    "memory, MB more": Math.round((peak - memory) / MEGABYTE),
    findings: scan.findings.length,
    gaps: scan.gaps.map(({ reason, detail }) => `${reason}: ${detail}`).join("; "),
  });
}
console.table(rows);
await pool.close();

async function noBlob(): Promise<never> {
  throw new Error("No blob is read here.");
}
