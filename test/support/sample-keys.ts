import { body99, random } from "../../bench/compare/keys.ts";

/** Text of `length` base62 characters, the same for the same seed. */
export function body(length: number, seed: number): string {
  return random(seed).text(length);
}

/** A key of 107 characters with all the marks of a live one. */
export function certainKey(prefix: string, seed = 1): string {
  return `${prefix}${body99(random(seed))}`;
}

/** A key of the old shape: 24 characters. */
export function oldKey(prefix: string, seed = 1): string {
  return `${prefix}${body(24, seed)}`;
}
