/**
 * Archives and compressed files: bytes in, the files inside out, at any depth, within counted limits. Pure computation:
 * nothing is written, and no name from an archive is ever opened.
 */
export type { UnopenedReason } from "./archive-error.ts";
export { formatOf, HEAD_BYTES, nameWithin } from "./formats.ts";
export { UNPACK_LIMITS } from "./limits.ts";
export type { UnpackLimits } from "./limits.ts";
export { inMemory } from "./random-access.ts";
export type { RandomAccess } from "./random-access.ts";
export { unpack } from "./unpack.ts";
export type { Containment, FileVisitor } from "./unpack.ts";
