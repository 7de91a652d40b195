const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Text of `length` base62 characters, the same for the same seed: keys for tests, in no file of the repository. */
export function body(length: number, seed: number): string {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  let text = "";
  for (let index = 0; index < length; index += 1) {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    text += BASE62[state % 62] ?? "0";
  }
  return text;
}

/** A key of 107 characters with all the marks of a live one: `5`, an account made in 2020, `00` near the end. */
export function certainKey(prefix: string, seed = 1): string {
  return `${prefix}51HvE2a${body(11, seed)}${body(71, seed + 1)}00${body(8, seed + 2)}`;
}

/** A key of the old shape: 24 characters. */
export function oldKey(prefix: string, seed = 1): string {
  return `${prefix}${body(24, seed)}`;
}
