/** Walks the entries of tree objects, of which a history has ten times as many as it has bytes of other text. */

/** `160000` for a submodule: the only mode that begins so. */
const SUBMODULE_SECOND_DIGIT = 0x36;
const DIGIT_ONE = 0x31;
/** The shortest mode, `40000`, and its space. */
const SHORTEST_MODE = 6;
const SPACE = 0x20;

export interface TreeVisitor {
  /** Where the id of an entry begins, one byte after its name. Not called for a submodule, whose commit is elsewhere. */
  id(bytes: Uint8Array, at: number): void;
  submodule(bytes: Uint8Array, nameStart: number, nameEnd: number): void;
}

/** Returns false for a tree that is malformed; what comes before the flaw was visited. */
export function walkTree(bytes: Uint8Array, idBytes: number, visitor: TreeVisitor): boolean {
  const { length } = bytes;
  for (let at = 0; at < length;) {
    let name = at + SHORTEST_MODE - 1;
    if (bytes[name] !== SPACE) name += 1;
    if (bytes[name] !== SPACE) return false;
    name += 1;
    let end = name;
    while (end < length && bytes[end] !== 0) end += 1;
    if (end + 1 + idBytes > length) return false;
    if (bytes[at] === DIGIT_ONE && bytes[at + 1] === SUBMODULE_SECOND_DIGIT)
      visitor.submodule(bytes, name, end);
    else visitor.id(bytes, end + 1);
    at = end + 1 + idBytes;
  }
  return true;
}

/** The names in a tree that are at least so long, as bytes. */
export function* namesInTree(
  bytes: Uint8Array,
  idBytes: number,
  shortest: number,
): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length;) {
    const name = bytes.indexOf(SPACE, at) + 1;
    const end = bytes.indexOf(0, name);
    if (name === 0 || end === -1) return;
    if (end - name >= shortest) yield bytes.subarray(name, end);
    at = end + 1 + idBytes;
  }
}
