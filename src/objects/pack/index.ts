/** What git's packs hold, read without git. Pure: the caller reads the files. */
export { ChainUnpacker, INPUT_BYTES, MEMORY_BYTES } from "./chain-unpacker.ts";
export type { PartMargin } from "./chain-unpacker.ts";
export { parsePackIndex } from "./pack-index.ts";
export type { PackIndex } from "./pack-index.ts";
export { PackPlaces } from "./pack-places.ts";
export { parseEntryHeader } from "./entry-header.ts";
