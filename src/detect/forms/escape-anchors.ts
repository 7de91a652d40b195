import {
  CUT_BEGINNINGS,
  CUT_ENDS,
  CUT_REMAINDERS,
  FIRST_WORDS,
  LAST_LETTERS,
  LATER_WORDS,
  LONE_WORDS,
  PLAIN_ANCHORS,
} from "./anchors.ts";
import { FORMAT_BEGINNINGS, FREQUENT_FORMATS } from "./invisible.ts";

/** Ends of an escaped underscore, and how the next one then begins: escaped the same way, or plain. */
const UNDERSCORES: readonly (readonly [end: string, nexts: readonly string[]])[] = [
  ["5F", ["%", "\\", "=", "_"]],
  ["5f", ["%", "\\", "=", "_"]],
  ["5F}", ["\\", "_"]],
  ["5f}", ["\\", "_"]],
  ["5F;", ["&", "_"]],
  ["5f;", ["&", "_"]],
  ["95;", ["&", "_"]],
  ["lowbar;", ["&", "_"]],
  ["UnderBar;", ["&", "_"]],
  ["137", ["\\", "_"]],
  ["\\_", ["\\", "_"]],
];

/** Beginnings of an encoded underscore, behind words that no later word follows. */
const BEGINNINGS = ["%5", "=5F", "\\", "&#", "&low"];
/** The same for words so short that other words end like them. */
const LONGER_BEGINNINGS = [
  "%5F",
  "%5f",
  "=5F",
  "\\_",
  "\\u000",
  "\\u005",
  "\\x5",
  "\\137",
  "&#9",
  "&#x5",
  "&low",
  "{\\_",
];

/** One of these is in, or within reach of, every prefix with an escaped character. */
export const ESCAPE_ANCHORS: readonly string[] = [
  ...PLAIN_ANCHORS,
  ...UNDERSCORES.flatMap(([end, nexts]) =>
    LATER_WORDS.flatMap((word) => nexts.map((next) => end + word + next)),
  ),
  ...LONE_WORDS.flatMap((word) =>
    (word.length < 3 ? LONGER_BEGINNINGS : BEGINNINGS).map((beginning) => word + beginning),
  ),
  // LaTeX, in a group.
  ...FIRST_WORDS.map((word) => `${word}{\\_`),
  // Every character encoded: the last letter of the first word, and its underscore.
  ...LAST_LETTERS.flatMap(everyCharacterEncoded),
  // A prefix that spans the end of a line in quoted-printable.
  ...CUT_ENDS.map((end) => `${end}=`),
  ...CUT_REMAINDERS.filter((rest) => !rest.includes("sec")).map((rest) =>
    rest.startsWith("k") ? `\n${rest.slice(0, 3)}` : `\n${rest}`,
  ),
  // Format characters within a prefix.
  ...CUT_ENDS.flatMap((end) => [...FORMAT_BEGINNINGS, "\\"].map((beginning) => end + beginning)),
  ...CUT_BEGINNINGS.filter((beginning) => beginning.length === 2).flatMap((word) =>
    FORMAT_BEGINNINGS.map((beginning) => word + beginning),
  ),
  ...["k", "c"].flatMap((letter) => FREQUENT_FORMATS.map((format) => `${letter}${format}_`)),
];

function everyCharacterEncoded(letter: string): readonly string[] {
  const code = letter.charCodeAt(0);
  const letters = cases(code.toString(16));
  const underscores = cases("5f");
  return [
    ...letters.flatMap((one) =>
      underscores.flatMap((underscore) => [
        ...["%", "\\x", "\\u00", "="].map((mark) => `${one}${mark}${underscore}`),
        `${one};&#x${underscore};`,
      ]),
    ),
    `${code.toString(8)}\\137`,
    `${code};&#95;`,
  ];
}

function cases(digits: string): readonly string[] {
  return [...new Set([digits, digits.toUpperCase()])];
}
