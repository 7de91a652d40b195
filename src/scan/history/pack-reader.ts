/**
 * The program of a process that reads packs itself: requests on standard input, messages on standard output. It ends when
 * its input does.
 */
import { readSync } from "node:fs";
import nodeModule from "node:module";
import { dirname, join } from "node:path";

// Node 20, on which the package of the command line runs too, has neither of the two.
const manifest = nodeModule.findPackageJSON?.("..", import.meta.url);
if (manifest !== undefined)
  nodeModule.enableCompileCache(join(dirname(manifest), "node_modules/.cache/rollcall"));

const { References } = await import("../../objects/index.ts");
const { ObjectSearch } = await import("./object-search.ts");
const { PackedSearch } = await import("./packed-search.ts");
const { PackRequests } = await import("./pack-request.ts");
const { MessageWriter, REFERENCES, STDIN, writeAll } = await import("./message-writer.ts");
const { packReaderOptionsSchema } = await import("./reader-options.ts");

const REQUESTS = 1 << 12;

process.exitCode = 1;
const options = packReaderOptionsSchema.parse(JSON.parse(process.argv[2] ?? ""));
const messages = new MessageWriter(false);
const writeReferences = (block: Uint8Array): void => writeAll(REFERENCES, block);
const references = new References(writeReferences);
const search = new ObjectSearch(options, references, (message) => messages.write(message));
const packed = new PackedSearch(options, search, writeReferences, (id) => {
  search.leave();
  messages.write({ kind: "left", id });
});

const size = PackRequests.recordBytes(options.idBytes);
const buffer = Buffer.alloc(REQUESTS * size);
const requests = new PackRequests(buffer, options.idBytes);
for (let length = 0; ;) {
  const read = readSync(STDIN, buffer, length, buffer.length - length, null);
  if (read === 0) break;
  length += read;
  const count = Math.floor(length / size);
  for (let request = 0; request < count; request++) {
    const searching = packed.take(requests, request);
    if (searching !== null) await searching;
  }
  buffer.copyWithin(0, count * size, length);
  length -= count * size;
}
packed.flush();
references.flush();
search.report();
messages.flush();
process.exitCode = 0;
