import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RandomAccess } from "../../unpack/index.ts";

/**
 * Writes an archive that is too large to hold to a file, because a zip is read from its end. The file has no name while
 * it is read, so it is gone when the process ends, however that happens.
 *
 * @param folder for temporary files
 */
export async function withSpooled<T>(
  pieces: Iterable<Uint8Array>,
  folder: string,
  use: (access: RandomAccess) => Promise<T>,
): Promise<T> {
  const own = mkdtempSync(join(folder, "rollcall-"));
  let file: number;
  try {
    file = openSync(join(own, "archive"), "wx+", 0o600);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  try {
    let size = 0;
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) at += writeSync(file, piece, at);
      size += piece.length;
    }

    return await use({
      size,
      async read(from, to) {
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(to, size) - from));
        return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
      },
    });
  } finally {
    closeSync(file);
  }
}
