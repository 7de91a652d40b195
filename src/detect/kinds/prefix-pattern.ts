import { KNOWN_PREFIXES, PUBLISHABLE_PREFIXES } from "./index.ts";

/** Every prefix of a credential or of a publishable key, the longest first: `oak_live_` before `oak_`. */
export const PREFIX_ALTERNATIVES: string = [
  ...KNOWN_PREFIXES.map(({ prefix }) => prefix.text),
  ...PUBLISHABLE_PREFIXES,
]
  .sort((a, b) => b.length - a.length)
  .join("|");

/** Whether a text contains any prefix. Stateless: not global. */
export const ANY_PREFIX: RegExp = new RegExp(PREFIX_ALTERNATIVES);
