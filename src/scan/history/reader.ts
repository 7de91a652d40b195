/**
 * The program of a reader process: `git cat-file --batch` on standard input, messages on standard output. It ends when
 * its input does. Standard error says why it failed, without any content.
 */
import { readSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";

enableCompileCache(join(import.meta.dirname, "../../../node_modules/.cache/rollcall"));
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
