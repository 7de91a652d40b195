import type { Reading } from "./reading.ts";
import { createDecoded } from "./decoded.ts";
import type { Form } from "./form.ts";
import { constantsIn } from "./constants.ts";
import type { Constant } from "./constants.ts";
import { JOINED_EXAMPLES } from "./joined-examples.ts";
import { PREFIX_ANCHORS } from "./plain.ts";

const QUOTES = ['"', "'", "`"];
/** What can stand before the quote that begins a piece. Before, not after: `",` ends too many literals. */
const BEFORE_PIECE = Array.from(" +,.([\n\t=&~<|\"'`");

const BEGINNINGS = "sk_ rk_ k_l k_t k_o k_li k_te k_or _liv _tes k_live k_test _org".split(" ");

/**
 * A prefix can be cut anywhere, so that no anchor of a whole prefix stands in the text. Every single cut, and every
 * set of cuts, leaves one of these: a beginning of the prefix before a quote, or its second piece after one.
 */
const CUT_ANCHORS: readonly string[] = [
  ...[...QUOTES, "\\", "$", "{", "#", "%"].flatMap((end) => BEGINNINGS.map((piece) => piece + end)),
  ...QUOTES.flatMap((quote) => [
    // "s" + "k_…"
    ...["k_l", "k_t", "k_o", `k_${quote}`].map((piece) => quote + piece),
    ...BEFORE_PIECE.map((before) => `${before}${quote}k${quote}`),
    // "sk" + "_…"
    ...["_live_", "_test_", "_org_"].flatMap((piece) => beginningsOf(piece, quote)),
    ...BEFORE_PIECE.map((before) => `${before}${quote}_${quote}`),
    // ["sk", "live", "…"].join("_")
    `${quote}sk${quote}`,
    `${quote}rk${quote}`,
    // "w" + "hsec_…", "wh" + "sec_…", "whs" + "ec_…"
    ...["hsec_", "sec_"].flatMap((piece) => beginningsOf(piece, quote)),
    ...BEFORE_PIECE.map((before) => `${before}${quote}h${quote}`),
    `whs${quote}`,
    `whse${quote}`,
    `whsec${quote}`,
    `${quote}wh${quote}`,
  ]),
  "\nk_l",
  "\nk_t",
  "\n_live_",
  "\n_test_",
];

/** The piece after a quote, whole or cut at any place after its second character. */
function beginningsOf(piece: string, quote: string): readonly string[] {
  const cuts = Array.from({ length: piece.length - 2 }, (_, i) => `${quote}${piece.slice(0, i + 2)}${quote}`);
  return [quote + piece, ...cuts];
}

const QUOTE = `\\\\{0,8}["'\`]`;
const COMMENT = `//[^\\n]{0,200}\\n|/\\*[^*]{0,200}\\*/|#[^\\n{]{0,200}\\n|--[^\\n]{0,200}\\n`;
/** White space, brackets, comments and the ends of continued lines. */
const GAP = `(?:[\\s()]|\\\\{1,4}\\r?\\n|\\\\{1,4}n|${COMMENT}){0,64}`;
/**
 * Operators that join two strings in JavaScript, Python, PHP, Perl, Ruby, Java, Go, C#, Rust, Lua, Haskell, Elixir,
 * SQL, Visual Basic and shell; the comma of a list; and statements that append.
 */
const OPERATOR = `(?:\\+\\+?|\\.\\.?(?![\\w.])|,|<<|<>|\\|\\||&(?:\\s_)?|~|\\^|\\.(?:concat|append|push_str|push|add|write|plus)\\(|;?\\s{0,8}[$\\w.>-]{1,60}(?:\\s{0,8}(?:\\+=|\\.=|<<)|\\.(?:concat|append|push|write|WriteString)\\())`;
const OPENING = `(?:(?<=[\\s(+.,&~<>|^])[bBrRuUfFL@$]{1,2})?${QUOTE}`;

const NAME = `[A-Za-z_][\\w]{0,63}`;
const QUALIFIED = `(?:[\\w$]{1,64}(?:\\.|::|->)){0,3}\\$?(${NAME})`;

/** Two literals with at most an operator between them. */
const JOIN = `${QUOTE}${GAP}(?:${OPERATOR}${GAP})?${OPENING}`;
/** `"sk_live_%s", "…"`, `"sk_live_{}".format("…")`, `"sk_live_%s" % "…"`. */
const FORMAT = `(?:%[sv]|\\{0?\\})${QUOTE}\\s{0,16}(?:,|%|\\.format\\(|\\.formatted\\()[\\s(]{0,16}${QUOTE}`;
/** A line that goes on within a literal. */
const CONTINUATION = `\\\\{1,2}z?\\r?\\n[ \\t]{0,80}`;
/** Shell: `sk_live_"…"`. */
const ADJACENT = `(?<=\\w)["'](?=\\w)`;
/** `${NAME}`, `#{NAME}`, `{NAME}`, `{$NAME}`, `$(NAME)`, `$NAME`, `%NAME%`. */
const REFERENCE = `(?:[$#%]?\\{\\{?\\s{0,4}${QUALIFIED}\\s{0,4}\\}?\\}|\\$\\((${NAME})\\)|\\$(${NAME})|%(${NAME})%)`;
/** `"…" + NAME + "…"`, with a literal on one side at least. */
const OPERAND = `${QUOTE}${GAP}${OPERATOR}${GAP}${QUALIFIED}(?:${GAP}${OPERATOR}${GAP}${OPENING})?|(?<![\\w$.])${QUALIFIED}${GAP}${OPERATOR}${GAP}${OPENING}`;
/** C: `P "…"`. */
const BESIDE = `(?<![\\w$.])(${NAME})[ \\t]{1,8}${QUOTE}`;
/** `P + BODY`: two names. */
const OPERANDS = `(?<![\\w$.])(${NAME})\\s{0,8}(?:\\+|\\.\\.?|<>|\\+\\+)\\s{0,8}\\$?(${NAME})(?![\\w(.])`;

const WITHOUT_NAMES = new RegExp(`${FORMAT}|${JOIN}|${CONTINUATION}|${ADJACENT}`, "g");
const WITH_NAMES = new RegExp(
  `${FORMAT}|${JOIN}|${CONTINUATION}|${ADJACENT}|${REFERENCE}|${OPERAND}|${OPERANDS}|${BESIDE}`,
  "g",
);
const JOINS_WITH_UNDERSCORE =
  /["'`]_["'`][ \t]{0,4}\.[ \t]{0,4}join|(?:join|implode)[ \t]{0,4}\(?[ \t]{0,4}["'`]_["'`]/;
const COMMA = /^\\{0,8}["'`]\s*,/;

/** Every set of pieces has one that holds this much of the beginning of a prefix, or ends with less of it. */
const BEGINS_SOMEWHERE =
  /[sr]k_|[sr]k\\{0,8}["'`\\]|[sr]\\{0,8}["'`][^"'`]{0,64}["'`]k|[sr]\\{1,2}\r?\n|whs|wh?\\{0,8}["'`]|oak_|oart_|absec_|rkcs_|[ep](?:k|ss|st)_|rt_/;

/** A reading grows by constants that stand in it several times; no further than this many times its text. */
const GROWTH = 4;

export const JOINED: Form = {
  name: "joined",
  encodings: ["joined"],
  anchors: [...PREFIX_ANCHORS, ...CUT_ANCHORS],
  isWorthReading: (text) => BEGINS_SOMEWHERE.test(text),
  before: 2048,
  after: 4096,
  read(text) {
    const constants = constantsIn(text);
    const joiner = constants.size === 0 ? WITHOUT_NAMES : WITH_NAMES;
    const readings = [readJoined(text, joiner, constants, "")];
    if (JOINS_WITH_UNDERSCORE.test(text)) readings.push(readJoined(text, joiner, constants, "_"));
    return readings.filter((reading) => reading !== null);
  },
  source: "String literals as the grammars of the languages named have them.",
  examples: JOINED_EXAMPLES,
};

/** @param separator what a comma between two literals stands for */
function readJoined(
  text: string,
  joiner: RegExp,
  constants: ReadonlyMap<string, Constant>,
  separator: string,
): Reading | null {
  const capacity = (constants.size === 0 ? 1 : GROWTH) * text.length + 64;
  const decoded = createDecoded(text, capacity);
  const joins = new Uint8Array(capacity + 1);
  let from = 0;
  for (const match of text.matchAll(joiner)) {
    const to = match.index + match[0].length;
    const names = match.slice(1).filter((name) => name !== undefined);
    const values = names.map((name) => constants.get(name)).filter((value) => value !== undefined);
    if (values.length < names.length) continue;
    const added = values.reduce((sum, value) => sum + value.text.length, separator.length);
    if (decoded.length + added + (text.length - from) > capacity) break;
    decoded.copy(from, match.index);
    joins[decoded.length] = 1;
    if (separator !== "" && COMMA.test(match[0])) decoded.replace(separator, match.index, to);
    for (const value of values) {
      decoded.copyFrom(value.start, value.text);
      joins[decoded.length] = 1;
    }
    from = to;
  }
  if (from === 0) return null;
  decoded.copy(from, text.length);
  const { text: read, origins } = decoded.finish();
  return {
    text: read,
    spanOf(start, end) {
      const places = origins.starts.subarray(start, end);
      return { start: places.reduce(minimum), end: places.reduce(maximum) + 1 };
    },
    encodingOf: (start, end) => (joins.subarray(start + 1, end).includes(1) ? "joined" : null),
    joinedAt: (at) => joins[at] === 1,
  };
}

function minimum(a: number, b: number): number {
  return Math.min(a, b);
}

function maximum(a: number, b: number): number {
  return Math.max(a, b);
}
