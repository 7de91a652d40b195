import { createDetector, detect } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";

/** Milliseconds for which a scan may hold the event loop before others get their turn. */
const TURN_MS = 25;

/** Bytes that are searched at once. Text full of keys takes about a second a megabyte, and must not stop deliveries. */
const MAX_PIECE = 64 * 1024;

/** Lets others in once this one had its time. */
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
  if (bytes.length <= MAX_PIECE) return detect(bytes, path, now);
  const detector = createDetector(path, now);
  for (let at = 0; at < bytes.length; at += MAX_PIECE) {
    detector.push(bytes.subarray(at, at + MAX_PIECE));
    await turns();
  }
  return detector.finish();
}
