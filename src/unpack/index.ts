/**
 * Archives and compressed files: bytes in, the files inside of them out, at whatever depth, within limits that are
 * counted. Pure computation: nothing is written, and no name out of an archive is ever opened.
 */
export type { UnopenedReason } from "./archive-error.ts";
export { formatOf, HEAD_BYTES } from "./formats.ts";
export { UNPACK_LIMITS } from "./limits.ts";
export type { UnpackLimits } from "./limits.ts";
export { inMemory } from "./random-access.ts";
export type { RandomAccess } from "./random-access.ts";
export { unpack } from "./unpack.ts";
export type { Containment, FileVisitor } from "./unpack.ts";
