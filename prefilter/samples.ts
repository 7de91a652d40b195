import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A kind of text, such as minified JavaScript, and pieces of it. */
export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of each kind: enough for rates of a few a megabyte. */
const MAX_BYTES = 12_000_000;

/** The kinds of text, by the endings of file names. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ["JavaScript", /(?<!\.min)\.[cm]?[jt]sx?$/],
  ["minified", /\.min\.[cm]?js$/],
  ["Python", /\.py$/],
  ["Ruby", /\.rb$/],
  ["Go", /\.go$/],
  ["Java", /\.(?:java|kt)$/],
  ["Rust and C", /\.(?:rs|c|h|cc|cpp)$/],
  ["data", /\.(?:json|ya?ml|xml|map)$/],
  ["prose", /\.(?:md|txt|html|rst)$/],
  ["binaries", /\.(?:so|node|class|wasm|png|exe|pyc|jar)$/],
];

/** Text of every kind that the folders hold, and base64 and hexadecimal digits of the binaries. */
export function readSamples(folders: readonly string[]): readonly Sample[] {
  const pieces = new Map<string, Uint8Array[]>();
  const sizes = new Map<string, number>();
  for (const path of folders.flatMap((folder) => [...filesIn(folder)])) {
    const kind = KINDS.find(([, names]) => names.test(path))?.[0];
    if (kind === undefined || (sizes.get(kind) ?? 0) >= MAX_BYTES) continue;
    const bytes = readFileSync(path).subarray(0, 2_000_000);
    sizes.set(kind, (sizes.get(kind) ?? 0) + bytes.length);
    pieces.set(kind, [...(pieces.get(kind) ?? []), bytes]);
  }
  const samples = [...pieces].map(([name, parts]) => ({ name, bytes: Buffer.concat(parts) }));
  const binaries = samples.find(({ name }) => name === "binaries");
  return binaries === undefined
    ? samples
    : [...samples, inDigits(binaries.bytes, "base64"), inDigits(binaries.bytes, "hex")];
}

function inDigits(bytes: Buffer, encoding: "base64" | "hex"): Sample {
  return {
    name: encoding,
    bytes: Buffer.from(bytes.subarray(0, MAX_BYTES / 2).toString(encoding), "latin1"),
  };
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}
