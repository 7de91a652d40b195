/** A string constant of a program: its text, and where that begins. */
export interface Constant {
  readonly text: string;
  readonly start: number;
  /** Defined for the preprocessor, so a literal next to its name is joined to it. */
  readonly isMacro: boolean;
}

const NEXT_QUOTE = /["'`]/g;
/** After the quote of a literal of one word: the word, and the quote at its end. */
const WORD_AND_QUOTE = /(\w{1,260})\\{0,8}["'`]/y;
/** Letters that can precede the quote of a literal. */
const LETTER = /[bBrRuUfFL@$]/;
const BACKSLASH = /\\/;

/** `#define P`, `(def p`, `set(P`, `define('P',`: the name and the text between it and the literal. */
const DEFINES =
  /\b(?:define|def|set|setq|let)[ \t(]{1,8}["'`]?([A-Za-z_]\w{0,63})["'`]?(?:\s{0,8},\s{0,8}|[ \t]{1,20})$/;
const MAX_DEFINITION = 96;

/** `P=…` in shell, make, batch and properties files: the value without quotes, to the end of its statement. */
const BARE =
  /(?:^|[\n;&])[ \t]{0,20}(?:(?:export|set|SET|readonly|local|ENV|ARG|-)[ \t]{1,8})?([A-Za-z_]\w{0,63})[ \t]{0,20}(?::=|\?=|=|:)[ \t]{0,20}(\w{1,260})(?=[ \t]{0,8}(?:[\r\n;&]|$))/g;

/** Words of declarations, which are not names. */
const DECLARING: ReadonlySet<string> = new Set(
  (
    "const let var val final static public private protected readonly string String str char auto def define set my our " +
    "local export constexpr NSString Dim type mut ref declare unsigned"
  ).split(" "),
);

/** The constants of one word in a text, the first of each name. Linear in the text. */
export function constantsIn(text: string): ReadonlyMap<string, Constant> {
  const constants = new Map<string, Constant>();
  const add = (name: string, constant: Constant): void => {
    if (DECLARING.has(name) || constants.has(name)) return;
    constants.set(name, constant);
  };
  const hasDefinitions = /def|set|let/.test(text);
  for (const { value, start, begin } of wordsIn(text)) {
    for (const name of assignedNames(text, begin)) add(name, { text: value, start, isMacro: false });

    const macro = hasDefinitions ? definedName(text, begin) : null;
    if (macro !== null) add(macro, { text: value, start, isMacro: true });
  }
  for (const match of text.matchAll(BARE)) {
    const [whole, name = "", value = ""] = match;
    add(name, { text: value, start: match.index + whole.length - value.length, isMacro: false });
  }
  return constants;
}

/** The literals of one word, in order: its text, where that begins, and where what precedes its quote begins. */
function* wordsIn(text: string): Generator<{ value: string; start: number; begin: number }> {
  let done = 0;
  const quotes = new RegExp(NEXT_QUOTE);
  for (let quote = quotes.exec(text); quote !== null; quote = quotes.exec(text)) {
    const start = quote.index + 1;
    WORD_AND_QUOTE.lastIndex = start;
    const word = WORD_AND_QUOTE.exec(text);
    if (word === null) continue;
    const slashes = skipBack(text, quote.index, BACKSLASH, Math.min(8, quote.index - done));
    const isFull = quote.index - slashes === 8 && text.charAt(slashes - 1) === "\\";
    const begin = isFull ? slashes : skipBack(text, slashes, LETTER, Math.min(2, slashes - done));
    done = start + word[0].length;
    quotes.lastIndex = done;
    yield { value: word[1] ?? "", start, begin };
  }
}

/**
 * The names that the literal at `at` is assigned to: `const P =`, `P: str =`, `String p =`, `p string :=`, `"p" =>`, `p:`. With
 * two words, either may be the name. Reads backwards, so it stops at once if nothing is assigned.
 */
function assignedNames(text: string, at: number): readonly string[] {
  const operatorEnd = skipBack(text, at, BLANK, 40);
  const operator = text.charAt(operatorEnd - 1);
  if (operator !== "=" && operator !== ":" && operator !== ">") return [];
  const start = operatorEnd - (/(?::|\?)=|=>/.test(text.slice(operatorEnd - 2, operatorEnd)) ? 2 : 1);
  if (operator === ">" && start === operatorEnd - 1) return [];
  const wordEnd = skipBack(text, skipBack(text, start, BLANK, 20), CLOSING, 1);
  const wordStart = skipBack(text, wordEnd, WORD, 64);
  const between = skipBack(text, wordStart, SEPARATING, 8);
  const firstStart = between === wordStart ? between : skipBack(text, between, WORD, 64);
  return [text.slice(firstStart, between), text.slice(wordStart, wordEnd)].filter((word) =>
    /^[A-Za-z_]/.test(word),
  );
}

function definedName(text: string, at: number): string | null {
  if (!/[\s,]/.test(text.charAt(at - 1))) return null;
  const line = text.slice(Math.max(0, at - MAX_DEFINITION), at);
  return /def|set|let/.test(line) ? (DEFINES.exec(line)?.[1] ?? null) : null;
}

const BLANK = /\s/;
const CLOSING = /["'`\]>]/;
const SEPARATING = /[\s*&:]/;
const WORD = /\w/;

/** The beginning of a run of characters of a class that ends before `at`, at most `max` long. */
function skipBack(text: string, at: number, character: RegExp, max: number): number {
  let start = at;
  while (start > 0 && at - start < max && character.test(text.charAt(start - 1))) start--;
  return start;
}
