import { createDetector, detect } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";

/** How long a scan may hold the event loop before others get their turn, in milliseconds. */
const TURN_MS = 25;

/** Bytes that are searched at once. Text made of nothing but keys takes about a second a megabyte, and must not stop deliveries. */
const PIECE = 64 * 1024;

/** Lets others in, when this one had its time. */
export type Turns = () => Promise<void>;

export function createTurns(): Turns {
  let ends = performance.now() + TURN_MS;
  return async () => {
    if (performance.now() <= ends) return;
    await new Promise((resolve) => setImmediate(resolve));
    ends = performance.now() + TURN_MS;
  };
}

/** The same as `detect`, in pieces with turns between them. */
export async function detectInTurns(
  bytes: Uint8Array,
  path: string | null,
  now: Date,
  turns: Turns,
): Promise<Detected> {
  await turns();
  if (bytes.length <= PIECE) return detect(bytes, path, now);
  const detector = createDetector(path, now);
  for (let at = 0; at < bytes.length; at += PIECE) {
    detector.push(bytes.subarray(at, at + PIECE));
    await turns();
  }
  return detector.finish();
}
