import { createHash } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Base62 text that depends only on the seed. */
function base62(seed: string, length: number): string {
  let text = "";
  for (let round = 0; text.length < length; round += 1) {
    for (const byte of createHash("sha512").update(`${seed}/${round}`).digest()) {
      if (byte < 248) text += ALPHABET[byte % 62] ?? "";
    }
  }
  return text.slice(0, length);
}

/** Body of a 107-character key: of an account made in October 2020, which `Hc0Ab` says, and noise. */
function longBody(seed: string): string {
  return `51Hc0Ab${base62(`${seed}/account`, 10)}${base62(seed, 72)}00${base62(`${seed}/end`, 8)}`;
}

/** A key of today's shape that no one ever had: the same seed gives the same key. */
export function keyOf(
  prefix: "sk_live_" | "rk_live_" | "sk_test_" | "rk_test_" | "pk_live_",
  seed: string,
): string {
  return prefix + longBody(seed);
}
