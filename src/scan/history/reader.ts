/**
 * The program of a reader process: `git cat-file --batch` on standard input, messages on standard output. It ends when
 * its input does. Standard error says why it failed, without any content.
 */
import { readSync, writeSync } from "node:fs";
import nodeModule from "node:module";
import { dirname, join } from "node:path";

// Node 20, on which the package of the command line runs too, has neither of the two.
const manifest = nodeModule.findPackageJSON?.("..", import.meta.url);
if (manifest !== undefined)
  nodeModule.enableCompileCache(join(dirname(manifest), "node_modules/.cache/rollcall"));

const { References, readObjects } = await import("../../objects/index.ts");
const { ObjectSearch } = await import("./object-search.ts");
const { readerOptionsSchema } = await import("./reader-options.ts");

/** Bytes of messages that wait to be written together. */
const MAX_WAITING = 1 << 16;
const STDIN = 0;
const STDOUT = 1;
const REFERENCES = 3;
/** Exit code where git broke off within an object. */
const CUT = 3;

process.exitCode = 1;
const options = readerOptionsSchema.parse(JSON.parse(process.argv[2] ?? ""));

let waiting = "";
const flush = (): void => {
  writeAll(STDOUT, Buffer.from(waiting));
  waiting = "";
};
const references = new References((block) => writeAll(REFERENCES, block));
const search = new ObjectSearch(options, references, (message) => {
  waiting += `${JSON.stringify(message)}\n`;
  // Progress is shown as it comes: every few megabytes.
  if (message.kind === "read" || waiting.length > MAX_WAITING || options.singly) flush();
});
const end = await readObjects((buffer, at, length) => readSync(STDIN, buffer, at, length, null), search);
references.flush();
search.report();
flush();
process.exitCode = end === "complete" ? 0 : CUT;

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
