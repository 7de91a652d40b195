/**
 * Git's objects as bytes: the output of `git cat-file --batch`, commits and trees, and the order in which to ask for
 * millions of them. Pure: it runs no git.
 */
export { chainOrder } from "./chain-order.ts";
export type { ChainOrder } from "./chain-order.ts";
export { CommitGraph } from "./commit-graph.ts";
export { parseCommit, parseCommitLinks, taggedObject } from "./git-object.ts";
export type { CommitLinks, CommitObject } from "./git-object.ts";
export { NONE, OBJECT_TYPES, ObjectTable } from "./object-table.ts";
export type { ObjectType } from "./object-table.ts";
export {
  ChainUnpacker,
  INPUT_BYTES,
  MEMORY_BYTES,
  PackPlaces,
  parseEntryHeader,
  parsePackIndex,
} from "./pack/index.ts";
export type { PackIndex, PartMargin } from "./pack/index.ts";
export { readObjects } from "./read-objects.ts";
export type { LargeObject, ObjectVisitor, ReadObject } from "./read-objects.ts";
export { REFERENCE_BYTES, References } from "./references.ts";
export { TreeTraces } from "./tree-traces.ts";
export { namesInTree, walkTree } from "./walk-tree.ts";
export type { TreeVisitor } from "./walk-tree.ts";
