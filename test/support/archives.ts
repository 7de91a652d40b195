/**
 * Writers of archives and compressed files for tests: as simple as each format allows, so what they write is plain to see.
 * None of them is good at compressing.
 */
import { packTar } from "modern-tar";
import { brotliCompressSync, crc32, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { bzip2 } from "./bzip2-writer.ts";

export interface PackedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How a zip archive is written, where it is not as it should be. */
export interface ZipOptions {
  /** Compression method; 0 stored, 8 deflated. */
  readonly method?: number;
  readonly encrypted?: boolean;
}

export function zip(files: readonly PackedFile[], options: ZipOptions = {}): Buffer {
  const { method = 8, encrypted = false } = options;
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const data = method === 8 ? deflateRawSync(bytes) : Buffer.from(bytes);
    const fields = { method, encrypted, name, data, size: bytes.length, crc: crc32(bytes) };
    const local = Buffer.concat([zipLocalHeader(fields), data]);
    bodies.push(local);
    directory.push(zipDirectoryEntry(fields, offset));
    offset += local.length;
  }
  return Buffer.concat([...bodies, ...directory, zipEnd(directory, offset)]);
}

interface ZipFields {
  readonly method: number;
  readonly encrypted: boolean;
  readonly name: string;
  readonly data: Buffer;
  readonly size: number;
  readonly crc: number;
}

function zipCommon({ method, encrypted, name, data, size, crc }: ZipFields): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(encrypted ? 1 : 0, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt32LE(crc, 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(Buffer.byteLength(name), 22);
  return common;
}

export function zipLocalHeader(fields: ZipFields): Buffer {
  return Buffer.concat([Buffer.from("PK\x03\x04"), zipCommon(fields), Buffer.from(fields.name)]);
}

export function zipDirectoryEntry(fields: ZipFields, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([
    Buffer.from("PK\x01\x02\x14\x00"),
    zipCommon(fields),
    rest,
    Buffer.from(fields.name),
  ]);
}

export function zipEnd(directory: readonly Buffer[], offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, entry) => sum + entry.length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return end;
}

export async function tar(files: readonly PackedFile[]): Promise<Buffer> {
  const entries = files.map(({ name, bytes }) => ({
    header: { name, size: bytes.length, type: "file" as const },
    body: new Uint8Array(bytes),
  }));
  return Buffer.from(await packTar(entries));
}

/** One block of one stream, its bytes stored: what xz writes for noise. */
export function xz(bytes: Uint8Array): Buffer {
  const flags = Buffer.from([0, 1]);
  const header = Buffer.concat([Buffer.from("\xfd7zXZ\0", "latin1"), flags, littleEndian(crc32(flags))]);
  const filter = Buffer.from([2, 0, 0x21, 1, 16, 0, 0, 0]);
  const chunks = [filter, littleEndian(crc32(filter))];
  for (let at = 0; at < bytes.length; at += 0x10000) {
    const part = bytes.subarray(at, at + 0x10000);
    const size = part.length - 1;
    chunks.push(Buffer.from([at === 0 ? 1 : 2, size >> 8, size & 0xff]), Buffer.from(part));
  }
  const block = Buffer.concat([...chunks, Buffer.from([0])]);
  const check = littleEndian(crc32(bytes));
  const records = Buffer.concat([
    Buffer.from([0, 1]),
    variableInteger(block.length + check.length),
    variableInteger(bytes.length),
  ]);
  const index = padded(records);
  const size = littleEndian((index.length + 4) / 4 - 1);
  const footer = Buffer.concat([size, flags]);
  return Buffer.concat([
    header,
    padded(block),
    check,
    index,
    littleEndian(crc32(index)),
    littleEndian(crc32(footer)),
    footer,
    Buffer.from("YZ"),
  ]);
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function variableInteger(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** With zeros up to a multiple of four. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** Every format that holds one file, with the end of its name. */
export const COMPRESSIONS: readonly (readonly [string, (bytes: Uint8Array) => Buffer])[] = [
  [".gz", gzipSync],
  [".zst", zstdCompressSync],
  [".br", brotliCompressSync],
  [".bz2", bzip2],
  [".xz", xz],
];

/** Every format that holds many files, with the end of its name. */
export const ARCHIVES: readonly (readonly [
  string,
  (files: readonly PackedFile[]) => Buffer | Promise<Buffer>,
])[] = [
  [".zip", (files) => zip(files)],
  [".jar", (files) => zip(files, { method: 0 })],
  [".tar", tar],
];
