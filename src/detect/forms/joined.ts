import {
  COMMON_PREFIXES,
  CUT_BEGINNINGS,
  CUT_ENDS,
  CUT_PREFIXES,
  CUT_REMAINDERS,
  PLAIN_ANCHORS,
  UNCUT_PREFIXES,
} from "./anchors.ts";
import type { Form } from "./form.ts";
import { constantsIn } from "./joined/constants.ts";
import { JOINED_EXAMPLES } from "./joined/examples.ts";
import { readJoined } from "./joined/joined-text.ts";

const QUOTES = ['"', "'", "`"];
/** Characters before the quote that begins a piece. Before, not after: `",` ends too many literals. */
const BEFORE_PIECE = Array.from(" +,.([\n\t=&~<|\"'`");

/**
 * A prefix can be cut anywhere, and then the text contains no anchor of a whole prefix. Every single cut, and every set of
 * cuts, leaves one of these: a beginning of the prefix before a quote, or its second piece after one.
 */
const CUT_ANCHORS: readonly string[] = [
  ...[...QUOTES, "\\", "$", "{", "#", "%", "\n", "\r"].flatMap((end) => CUT_ENDS.map((piece) => piece + end)),
  ...QUOTES.flatMap((quote) => [
    ...CUT_REMAINDERS.flatMap((rest) => piecesAfter(rest, quote)),
    ...CUT_BEGINNINGS.filter((piece) => piece.length === 2).map((piece) => quote + piece + quote),
  ]),
  ...CUT_REMAINDERS.map((rest) => (rest.startsWith("k") ? `\n${rest.slice(0, 3)}` : `\n${rest}`)).filter(
    (anchor) => !anchor.includes("sec_"),
  ),
];

/** A second piece after a quote, whole or cut at any place. */
function piecesAfter(rest: string, quote: string): readonly string[] {
  const whole = rest.startsWith("k") ? rest.slice(0, 3) : rest;
  return [
    quote + whole,
    ...Array.from({ length: whole.length - 1 }, (_, i) => whole.slice(0, i + 1)).flatMap((piece) => {
      if (piece.length > 1) return [quote + piece + quote];
      return piece === "s" ? [] : BEFORE_PIECE.map((before) => before + quote + piece + quote);
    }),
  ];
}

/**
 * Two letters before a prefix make it the end of a word, such as `port_` or `week_live_`; not after these, after which
 * a letter ends something else (`judgement/boundary.ts`).
 */
const BEGINS_WORD = `(?:(?<![A-Za-z]{2})|(?<=${inAnyCase("bearer|basic|token|secret|key|auth")}|-[A-Za-z]{1,5}u))`;

/** A quote, escaped or not. */
const QUOTE = `\\\\{0,8}["'\`]`;

/**
 * Every set of pieces has one that holds a whole prefix, or ends with a beginning of one. After a beginning a longer
 * word goes on: `sk_buff`, `task_list`. After its first letter alone the next piece has no more than a beginning either:
 * `"s" + "k_live_"` and `"w" + "h" + "sec_"`, not `"keys", "key"`.
 */
const BEGINS_SOMEWHERE = new RegExp(
  [
    ...CUT_BEGINNINGS.map((piece) =>
      piece.length === 2
        ? `${piece}(?:\\\\{0,8}["'\`\\\\]|[%{$#\\r\\n])`
        : `${piece}(?:${QUOTE}[^"'\`]{0,64}["'\`](?:${secondsAfter(piece)})|\\\\{1,2}\\r?\\n)`,
    ),
    `(?:${CUT_PREFIXES.join("|")})(?!\\w)`,
    // Without its first letter, which may be a piece of its own.
    ...COMMON_PREFIXES.map((prefix) => prefix.slice(1)),
    `${BEGINS_WORD}(?:${UNCUT_PREFIXES.join("|")})`,
  ].join("|"),
);

/** As `(?i:…)`, which Node 20 does not know. */
function inAnyCase(words: string): string {
  return words.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** How the second piece of a prefix begins whose first piece is this letter. */
function secondsAfter(letter: string): string {
  const seconds = COMMON_PREFIXES.filter((prefix) => prefix.startsWith(letter)).map(
    (prefix) => `${prefix.charAt(1)}(?:${prefix.charAt(2)}|(?![0-9A-Za-z]))`,
  );
  return [...new Set(seconds)].join("|");
}

/** The parts of a list are joined by the underscore: `["sk", "live", "…"].join("_")`. */
const JOINS_WITH_UNDERSCORE = /["'`]_["'`]/;
const JOINING = /join|implode/i;

export const JOINED: Form = {
  name: "joined",
  encodings: ["joined"],
  anchors: [...PLAIN_ANCHORS, ...CUT_ANCHORS],
  isWorthReading: (text) => BEGINS_SOMEWHERE.test(text),
  before: 2048,
  after: 4096,
  read(text) {
    const constants = constantsIn(text);
    const separators = JOINS_WITH_UNDERSCORE.test(text) && JOINING.test(text) ? ["", "_"] : [""];
    return separators
      .map((separator) => readJoined(text, constants, separator))
      .filter((reading) => reading !== null);
  },
  source: "String literals as the grammars of the languages named have them.",
  examples: JOINED_EXAMPLES,
};
