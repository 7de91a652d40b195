import { redact } from "../../domain/plain.ts";
import { FIRST_WORDS, LATER_WORDS, LONE_WORDS } from "../forms/anchors.ts";
import { hasVersionMark, LONG_BODY } from "../kinds/anatomy.ts";
import { KIND_RULES } from "../kinds/index.ts";
import { isMixedCase } from "../kinds/mixed.ts";
import type { Cut } from "./cut.ts";

const SEPARATOR = "[-_. :]{0,3}";
const LATER = LATER_WORDS.join("|");

/** `sk-live-…`, `SK_LIVE_…`, `sklive…`; the body ends with its run. */
const OTHER_SPELLING = new RegExp(
  `(?:${FIRST_WORDS.join("|")})${SEPARATOR}(?:(?:${LATER})${SEPARATOR}){1,2}([0-9A-Za-z]{10,})`,
  "gi",
);
/** `whsec-…`, `WHSEC_…`. */
const LONE_SPELLING = new RegExp(
  `(?:${LONE_WORDS.filter((word) => word.length > 2).join("|")})[-_]([0-9A-Za-z]{16,})`,
  "gi",
);
/** `live_51…`, whose first word was cut off. */
const HALF_PREFIX = new RegExp(`(?:${LATER})[-_]([0-9A-Za-z]{16,})`, "gi");
/** A body of today's shape without its prefix, at any place of a longer run. */
const BARE_BODY = /(?=(51[0-9A-Za-z]{97}))/g;

/** Whether a text can contain any of these. Linear. */
const MAY_HOLD: RegExp = new RegExp(
  `(?:${LATER}|${LONE_WORDS.join("|")})[-_. :]{0,3}[0-9A-Za-z]{10}|51[0-9A-Za-z]{97}|stripe`,
  "i",
);

/** Finds text that a person would take for a credential although no form does. */
export function looseCutsIn(latin1: string): readonly Cut[] {
  if (!MAY_HOLD.test(latin1)) return [];
  const cuts: Cut[] = [];
  for (const pattern of [OTHER_SPELLING, LONE_SPELLING, HALF_PREFIX]) {
    for (const match of latin1.matchAll(pattern)) {
      const [whole, body = ""] = match;
      if (looksRandom(body)) cuts.push(cutOf(whole, match.index, whole.length - body.length));
    }
  }
  for (const match of latin1.matchAll(BARE_BODY)) {
    const body = match[1] ?? "";
    if (hasVersionMark(body))
      cuts.push({ start: match.index, end: match.index + LONG_BODY, redacted: redact(body, "") });
  }
  return [...cuts, ...assignedCutsIn(latin1)];
}

/** Words have no digits; numbers and names of versions have one case or none. */
function looksRandom(body: string): boolean {
  return (/[0-9]/.test(body) && /[A-Za-z]/.test(body)) || (isMixedCase(body) && body.length >= 24);
}

function assignedCutsIn(latin1: string): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const { assignment, body } of KIND_RULES) {
    if (assignment === null) continue;
    for (const word of latin1.matchAll(/stripe/gi)) {
      const start = assignment.bodyAt(latin1, word.index);
      if (start !== -1) {
        const end = start + body.max;
        cuts.push({ start, end, redacted: redact(latin1.slice(start, end), "") });
      }
    }
  }
  return cuts;
}

function cutOf(whole: string, start: number, prefixLength: number): Cut {
  return { start, end: start + whole.length, redacted: redact(whole, whole.slice(0, prefixLength)) };
}
