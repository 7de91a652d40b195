/** Characters for generated examples: the same at every call, and never a real credential. */
export type Random = (alphabet: string, length: number) => string;

export const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
export const HEXADECIMAL = "0123456789abcdef";
export const LOWER = "0123456789abcdefghijklmnopqrstuvwxyz";

/** @param seed a positive integer. Marsaglia's xorshift with 32 bits. */
export function createRandom(seed: number): Random {
  let state = seed | 0 || 1;
  return (alphabet, length) => {
    let text = "";
    for (let i = 0; i < length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      text += alphabet.charAt((state >>> 0) % alphabet.length);
    }
    return text;
  };
}

/** A body with the anatomy of 34 or 99 characters, if it has one; its account was created in September 2015. */
export function randomBody(random: Random, length: number, anatomy: boolean): string {
  if (!anatomy) return random(BASE62, length);
  const begin =
    length >= 99
      ? `516${random("0123456789", 1)}${random(BASE62, length - 14)}`
      : random(BASE62, length - 10);
  return `${begin}00${random(BASE62, 8)}`;
}
