import { Buffer } from "node:buffer";
import { detect } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";

/** A detector of streams that gathers them whole, until the detector streams by itself. */
export function createDetector(
  path: string | null,
  now: Date,
): { push(chunk: Uint8Array): void; finish(): Detected } {
  const chunks: Uint8Array[] = [];
  return {
    push: (chunk) => void chunks.push(Uint8Array.from(chunk)),
    finish: () => detect(Buffer.concat(chunks), path, now),
  };
}
