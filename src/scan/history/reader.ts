/**
 * The program of a reader process: `git cat-file --batch` on standard input, messages on standard output. It ends when
 * its input does. Standard error says why it failed, without any content.
 */
import { readSync } from "node:fs";
import nodeModule from "node:module";
import { dirname, join } from "node:path";

// Node 20, on which the package of the command line runs too, has neither of the two.
const manifest = nodeModule.findPackageJSON?.("..", import.meta.url);
if (manifest !== undefined)
  nodeModule.enableCompileCache(join(dirname(manifest), "node_modules/.cache/rollcall"));

const { References, readObjects } = await import("../../objects/index.ts");
const { ObjectSearch } = await import("./object-search.ts");
const { MessageWriter, REFERENCES, STDIN, writeAll } = await import("./message-writer.ts");
const { readerOptionsSchema } = await import("./reader-options.ts");

/** Exit code where git broke off within an object. */
const CUT = 3;

process.exitCode = 1;
const options = readerOptionsSchema.parse(JSON.parse(process.argv[2] ?? ""));

const messages = new MessageWriter(options.singly);
const references = new References((block) => writeAll(REFERENCES, block));
const search = new ObjectSearch(options, references, (message) => messages.write(message));
const end = await readObjects((buffer, at, length) => readSync(STDIN, buffer, at, length, null), search);
references.flush();
search.report();
messages.flush();
process.exitCode = end === "complete" ? 0 : CUT;
