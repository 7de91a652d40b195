/** A string constant of a program: its text, and where that begins. */
export interface Constant {
  readonly text: string;
  readonly start: number;
}

/** A literal of one word, with the letters that can stand before its quote. */
const LITERAL = /[bBrRuUfFL@$]{0,2}\\{0,8}["'`](\w{1,260})\\{0,8}["'`]/g;

/**
 * What assigns the literal after it: `const P =`, `P: str =`, `String p =`, `p string :=`, `"p" =>`, `p:`, and with
 * nothing but white space `#define P`, `(def p`, `set p`, or with a comma `define('P',`.
 */
const ASSIGNS =
  /([A-Za-z_]\w{0,63})["'`\]]?(?:\s{0,8}:?[\s*&]{1,8}([A-Za-z_][\w<>[\]&]{0,63}))?\s{0,20}(?::=|\?=|=>|=|:)\s{0,40}$|(?:define|def|set|setq|let)[ \t(]{1,8}["'`]?([A-Za-z_]\w{0,63})["'`]?(?:\s{0,8},\s{0,8}|[ \t]{1,20})$/;
const MAX_BEFORE = 160;

/** `P=…` in shell, make, batch and properties files: the value without quotes, to the end of its statement. */
const BARE =
  /(?:^|[\n;&])[ \t]{0,20}(?:(?:export|set|SET|readonly|local|ENV|ARG|-)[ \t]{1,8})?([A-Za-z_]\w{0,63})[ \t]{0,20}(?::=|\?=|=|:)[ \t]{0,20}(\w{1,260})(?=[ \t]{0,8}(?:[\r\n;&]|$))/g;

/** The constants of one word in a text, the first of each name. Linear in the text. */
export function constantsIn(text: string): ReadonlyMap<string, Constant> {
  const constants = new Map<string, Constant>();
  const add = (name: string | undefined, constant: Constant): void => {
    if (name !== undefined && !constants.has(name)) constants.set(name, constant);
  };
  for (const match of text.matchAll(LITERAL)) {
    const [whole, value = ""] = match;
    const assigned = ASSIGNS.exec(text.slice(Math.max(0, match.index - MAX_BEFORE), match.index));
    if (assigned === null) continue;
    const constant = { text: value, start: match.index + whole.search(/["'`]/) + 1 };
    // Of two words, `const p = …` and `p string = …`, either may be the name.
    for (const name of assigned.slice(1)) add(name, constant);
  }
  for (const match of text.matchAll(BARE)) {
    const [whole, name, value = ""] = match;
    add(name, { text: value, start: match.index + whole.length - value.length });
  }
  return constants;
}
