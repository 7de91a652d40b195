/**
 * Keys for the corpus, from a seed: no key stands in the repository, and every run makes the same ones. They have the
 * shape of Stripe's and open nothing.
 */

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
export const LOWER = "0123456789abcdefghijklmnopqrstuvwxyz";
export const HEX = "0123456789abcdef";
const BASE64 = `${BASE62}+/`;

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  text(length: number, alphabet?: string): string;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003). */
export function random(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  const below = (limit: number): number => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state % limit;
  };
  return {
    below,
    text: (length, alphabet = BASE62) =>
      Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(""),
    pick: (list) => list[below(list.length)] ?? list[0],
  };
}

/** Encodes seconds since the moment from which Stripe counts accounts (docs/stripe-keys.md). */
function accountAge(random: Random): string {
  let seconds = 120_000_000 + random.below(280_000_000);
  let text = "";
  for (let digit = 0; digit < 5; digit += 1) {
    text = `${BASE62.charAt(seconds % 62)}${text}`;
    seconds = Math.floor(seconds / 62);
  }
  return text;
}

export function body99(random: Random): string {
  return `51${accountAge(random)}${random.text(10)}${random.text(72)}00${random.text(8)}`;
}

export function body34(random: Random): string {
  return `${random.text(24)}00${random.text(8)}`;
}

/** A secret or restricted key, most often live, of one of the three shapes; most are of the present one. */
export function apiKey(random: Random): string {
  const prefix = random.pick(["sk", "sk", "rk"]);
  const mode = random.pick(["live", "live", "live", "test"]);
  const body = random.pick([body99, body99, body99, body34, (source: Random) => source.text(24)]);
  return `${prefix}_${mode}_${body(random)}`;
}

export function organizationKey(random: Random): string {
  return `sk_org_live_${random.text(150)}`;
}

export function webhookSecret(random: Random): string {
  return `whsec_${random.text(32)}`;
}

export function base64Text(random: Random, length: number): string {
  return random.text(length, BASE64);
}
