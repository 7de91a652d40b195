import { mixed } from "./mixed.ts";
import type { KindRule, Prefix } from "./kind.ts";

const LENGTH = 32;

/** Keys of Stripe's first years have no prefix: 32 base62 digits, reported only where they are given to Stripe. */
export const LEGACY_KEY: KindRule = {
  kind: "legacy_key",
  name: "legacy key",
  prefixes: [{ text: "", mode: null }],
  body: { characters: "0-9A-Za-z", min: LENGTH, max: LENGTH },
  anatomy: (run) => (run.length === LENGTH ? mixed(run, LENGTH) : null),
  examples: [{ length: LENGTH, anatomy: false }],
  source: { certainty: "measured", where: "tests of Stripe's SDKs" },
};
export const NO_PREFIX: Prefix = { text: "", mode: null };

/** From the word stripe on: `STRIPE_SECRET_KEY=…`, `stripe.api_key = "…"`, `Stripe.setApiKey("…")`. */
const ASSIGNMENT =
  /stripe[\w.\->:[\]'"$]{0,24}?(?:secret|api|private|live|test)_?(?:api_?)?(?:key|token|secret)?["'\]]{0,2}\s{0,8}(?:[:=(]|=>|:=){1,2}\s{0,8}["'`]?([0-9A-Za-z]{32})(?![0-9A-Za-z_\-+/=])/iy;

/** @returns where the key begins, where a legacy key is assigned at the word stripe at `at`; else -1 */
export function legacyKeyAt(text: string, at: number): number {
  ASSIGNMENT.lastIndex = at;
  const match = ASSIGNMENT.exec(text);
  return match === null ? -1 : at + match[0].length - LENGTH;
}
