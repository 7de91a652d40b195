/** The format of a container. `brotli` has no magic bytes, so its name decides. */
export type Format = "zip" | "tar" | "gzip" | "zstd" | "brotli" | "bzip2" | "xz";

/** Bytes from the beginning of a file that tell its format: a tar archive has its mark at the end of its first block. */
export const HEAD_BYTES = 512;

const MAGIC: readonly (readonly [Format, ...(readonly number[])])[] = [
  ["gzip", 0x1f, 0x8b, 0x08],
  ["zip", 0x50, 0x4b, 0x03, 0x04],
  // Split archives in one piece, as some tools write them.
  ["zip", 0x50, 0x4b, 0x07, 0x08, 0x50, 0x4b, 0x03, 0x04],
  ["zstd", 0x28, 0xb5, 0x2f, 0xfd],
  ["xz", 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
];

/** What may stand before the extension of a compressed file and is left when that is taken off. */
const COMPRESSED_NAME = /^(.+)\.(?:gz|gzip|zst|zstd|br|bz2|bzip2|xz)$/i;
const COMPRESSED_TAR_NAME = /^(.+)\.(?:tgz|tbz2?|txz|tzst)$/i;

/**
 * The format of a file by its first bytes; null for anything that is not opened.
 *
 * @param head the first `HEAD_BYTES`, or all of a shorter file
 * @param name decides for brotli alone
 */
export function formatOf(head: Uint8Array, name: string): Format | null {
  for (const [format, ...magic] of MAGIC) if (magic.every((byte, at) => head[at] === byte)) return format;

  if (isBzip2(head)) return "bzip2";
  if (isSkippableZstd(head)) return "zstd";
  if (isTarHeader(head)) return "tar";
  return head.length > 0 && /\.br$/i.test(name) ? "brotli" : null;
}

/** The name of the file inside a compressed file: `logs.txt` for `logs.txt.gz`. */
export function nameWithin(name: string): string {
  const base = name.slice(name.lastIndexOf("/") + 1);
  const tar = COMPRESSED_TAR_NAME.exec(base)?.[1];
  return tar === undefined ? (COMPRESSED_NAME.exec(base)?.[1] ?? base) : `${tar}.tar`;
}

/** `BZh`, a level, and the mark of a block or of the end: three letters alone begin many a text. */
function isBzip2(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 10)).toString("latin1");
  return /^BZh[1-9]/.test(text) && (text.endsWith("1AY&SY") || text.endsWith("\x17rE8P\x90"));
}

/** A frame that holds metadata may come first (RFC 8878, 3.1.2). */
function isSkippableZstd(head: Uint8Array): boolean {
  return isZstdFrame(head) && head[0] !== 0x28;
}

/** Whether a frame of zstd begins here. */
export function isZstdFrame(bytes: Uint8Array): boolean {
  const [a = 0, b, c, d] = bytes;
  if (a === 0x28) return b === 0xb5 && c === 0x2f && d === 0xfd;
  return a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18;
}

const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;

/** By the header's checksum (POSIX.1-2017, pax): archives before ustar have no mark. */
function isTarHeader(head: Uint8Array): boolean {
  if (head.length < HEAD_BYTES || head[0] === 0) return false;
  const stated = Buffer.from(head.subarray(CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH)).toString("latin1");
  const digits = /^ *([0-7]{1,7}) /.exec(stated.replaceAll("\0", " "))?.[1];
  if (digits === undefined) return false;
  let sum = CHECKSUM_LENGTH * 0x20;
  for (let at = 0; at < HEAD_BYTES; at++)
    if (at < CHECKSUM_AT || at >= CHECKSUM_AT + CHECKSUM_LENGTH) sum += head[at] ?? 0;

  return sum === Number.parseInt(digits, 8);
}
