/**
 * Names of files as git and diff write them into a patch: quoted or not, with prefixes, two on one line. Undoing the
 * quoting is all that happens here; whether a name is safe to show is decided elsewhere.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TAB = 0x09;
const SLASH = 0x2f;
const SPACE = 0x20;

/** Escapes of git's C-style quoting (git-config, core.quotePath) to their bytes. */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x61, 0x07], // \a
  [0x62, 0x08], // \b
  [0x74, 0x09], // \t
  [0x6e, 0x0a], // \n
  [0x76, 0x0b], // \v
  [0x66, 0x0c], // \f
  [0x72, 0x0d], // \r
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
]);

/** Prefixes that git puts before names: the usual pair and those of `diff.mnemonicPrefix`. */
const PREFIXES: readonly (readonly [string, string])[] = [
  ["a/", "b/"],
  ["i/", "w/"],
  ["c/", "i/"],
  ["c/", "w/"],
  ["o/", "w/"],
  ["1/", "2/"],
];

/** The two names of a file in a patch, as bytes decoded from UTF-8; null means `/dev/null`. */
export interface NamePair {
  readonly oldPath: string | null;
  readonly newPath: string | null;
}

/** A name of a `---`, `+++`, `rename to` or `diff --cc` line, unquoted, prefix still on it. */
export function readName(bytes: Uint8Array): string {
  if (bytes[0] === QUOTE) {
    const quoted = unquote(bytes, 0);
    if (quoted !== null) return quoted.name;
  }
  const tab = bytes.indexOf(TAB);
  return decode(tab === -1 ? bytes : bytes.subarray(0, tab));
}

/** Takes the prefixes off a pair of names, where both carry one of a known pair. */
export function stripPrefixes(oldName: string, newName: string): NamePair {
  const oldPath = oldName === "/dev/null" ? null : oldName;
  const newPath = newName === "/dev/null" ? null : newName;
  for (const [a, b] of PREFIXES) {
    if ((oldPath?.startsWith(a) ?? true) && (newPath?.startsWith(b) ?? true))
      return { oldPath: oldPath?.slice(a.length) ?? null, newPath: newPath?.slice(b.length) ?? null };
  }
  return { oldPath, newPath };
}

/**
 * The names of `diff --git A B`, which git does not separate unambiguously. Where no other line names the
 * file both are the same but for their prefixes, so the split is in the middle (git-apply reads it so too).
 */
export function splitGitNames(bytes: Uint8Array): NamePair | null {
  const quoted = bytes[0] === QUOTE ? unquote(bytes, 0) : null;
  if (quoted !== null) {
    if (bytes[quoted.end] !== SPACE) return null;
    return stripPrefixes(quoted.name, readName(bytes.subarray(quoted.end + 1)));
  }
  const middle = (bytes.length - 1) / 2;
  if (Number.isInteger(middle) && bytes[middle] === SPACE) {
    const left = bytes.subarray(0, middle);
    const right = bytes.subarray(middle + 1);
    if (sameBytes(afterSlash(left), afterSlash(right)) || sameBytes(left, right))
      return stripPrefixes(decode(left), decode(right));
  }
  const at = indexOfSequence(bytes, [SPACE, 0x62, SLASH]);
  if (at === -1) return null;
  return stripPrefixes(decode(bytes.subarray(0, at)), readName(bytes.subarray(at + 1)));
}

function unquote(bytes: Uint8Array, start: number): { name: string; end: number } | null {
  const out: number[] = [];
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return { name: decode(Uint8Array.from(out)), end: at + 1 };
    if (byte !== BACKSLASH) {
      out.push(byte);
      continue;
    }
    const next = bytes[at + 1] ?? 0;
    const escaped = ESCAPES.get(next);
    if (escaped !== undefined) {
      out.push(escaped);
      at++;
      continue;
    }
    const octal = decode(bytes.subarray(at + 1, at + 4));
    if (!/^[0-3][0-7]{2}$/.test(octal)) return null;
    out.push(Number.parseInt(octal, 8));
    at += 3;
  }
  return null;
}

function afterSlash(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(bytes.indexOf(SLASH) + 1);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function indexOfSequence(bytes: Uint8Array, sequence: readonly [number, ...number[]]): number {
  let at = bytes.indexOf(sequence[0]);
  while (at !== -1) {
    const start = at;
    if (sequence.every((byte, offset) => bytes[start + offset] === byte)) return at;
    at = bytes.indexOf(sequence[0], at + 1);
  }
  return -1;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
