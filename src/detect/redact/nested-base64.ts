import { digitLinesIn } from "../forms/digit-lines.ts";
import { ANY_PREFIX } from "../kinds/prefix-pattern.ts";
import type { Cut } from "./cut.ts";

const TOKENS = /(?:\\r)?\\n|[A-Za-z0-9+/_-]+/g;
/** Digits of the shortest credential, and of one that is base64 three times: the forms read less. */
const MIN_DIGITS = { inner: 22, outer: 60 };
/** The forms read base64 twice, and locate the credential in it; a person who hides a key may go further. */
const READ_BY_FORMS = 2;
const MAX_DEPTH = 5;

/** The digits of base64 that decode to a prefix, within base64 any number of times up to MAX_DEPTH. */
export function nestedBase64In(latin1: string): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const { digits, firsts, offsets } of digitLinesIn(latin1, TOKENS, MIN_DIGITS.outer)) {
    if (!decodesToPrefix(digits, 1)) continue;
    const last = offsets.length - 1;
    const end = (offsets[last] ?? 0) + digits.length - (firsts[last] ?? 0);
    cuts.push({ start: offsets[0] ?? 0, end, redacted: "…" });
  }
  return cuts;
}

/** Text that is not base64 of base64 decodes to bytes with hardly any run of 22 digits, so this ends soon. */
function decodesToPrefix(digits: string, depth: number): boolean {
  for (let skip = 0; skip < 4; skip++) {
    const decoded = Buffer.from(digits.slice(skip), "base64").toString("latin1");
    if (depth > READ_BY_FORMS && ANY_PREFIX.test(decoded)) return true;
    if (depth === MAX_DEPTH) continue;
    const inner = digitLinesIn(decoded, TOKENS, MIN_DIGITS.inner);
    if (inner.some((lines) => decodesToPrefix(lines.digits, depth + 1))) return true;
  }
  return false;
}
