import { CUT_BEGINNINGS, CUT_ENDS, CUT_REMAINDERS, FIRST_WORDS, PLAIN_ANCHORS } from "./anchors.ts";
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

/** In every set of pieces, one contains this much of the beginning of a prefix, or ends with less of it. */
const BEGINS_SOMEWHERE = new RegExp(
  [
    ...CUT_BEGINNINGS.map((piece) => {
      if (piece.length === 3) return piece;
      if (piece.length === 2) return `${piece}\\\\{0,8}["'\`\\\\]`;
      return `${piece}(?:\\\\{0,8}["'\`][^"'\`]{0,64}["'\`][kh]|\\\\{1,2}\\r?\\n)`;
    }),
    ...FIRST_WORDS.map((word) => `${word}_`),
  ].join("|"),
);

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
