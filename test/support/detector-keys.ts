import { BASE62, createRandom } from "../../src/detect/kinds/random.ts";
import type { Random } from "../../src/detect/kinds/random.ts";

/** Puts a key together, so that none stands in this repository. */
export function key(prefix: string, body: string): string {
  return prefix + body;
}

/** A body as Stripe makes it: 99 with an account, 34 with its mark, anything else without anatomy. */
export function bodyOf(length: number, seed: number | Random): string {
  const random = typeof seed === "number" ? createRandom(seed) : seed;
  if (length === 34) return `${random(BASE62, 24)}00${random(BASE62, 8)}`;
  if (length !== 99) return random(BASE62, length);
  return `${accountPart("6K0aB", random)}${random(BASE62, 72)}00${random(BASE62, 8)}`;
}

/** `5`, `1`, the stamp of the account's creation and the ten digits that follow it. */
export function accountPart(stamp: string, random: Random): string {
  return `51${stamp}${random(BASE62, 10)}`;
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
