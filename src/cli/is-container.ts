import { formatOf, HEAD_BYTES } from "../unpack/formats.ts";

/** First bytes of the formats that have magic bytes: zstd's frames of metadata begin with one of sixteen. */
const MAGIC = new Set([0x1f, 0x28, 0x42, 0xfd, ...Array.from({ length: 16 }, (_, at) => 0x50 + at)]);
/** Where tar has its checksum: digits, with spaces or zeros before them. */
const CHECKSUM_AT = 148;
const ZERO = 0x30;

/**
 * Whether a file is an archive or compressed, as `formatOf` says. Most files are none, which a look at two bytes shows.
 *
 * @param at where the file begins in `bytes`
 */
export function isContainer(bytes: Uint8Array, at: number, length: number, name: string): boolean {
  const byte = bytes[at + CHECKSUM_AT] ?? 0;
  const mayBeTar = length >= HEAD_BYTES && (byte === 0 || byte === 0x20 || (byte >= ZERO && byte < ZERO + 8));
  const mayBe = MAGIC.has(bytes[at] ?? 0) || mayBeTar || /\.br$/i.test(name);
  return mayBe && formatOf(bytes.subarray(at, at + Math.min(length, HEAD_BYTES)), name) !== null;
}
