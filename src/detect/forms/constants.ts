/** A string constant of a program: its text, and where that begins. */
export interface Constant {
  readonly text: string;
  readonly start: number;
}

/** `const P = "…"`, `P: str = '…'`, `String p = "…";`, `P := "…"`, `#define P "…"`, `define('P', '…')`, `P=…` in shell. */
const ASSIGNMENT =
  /(?<![\w])([A-Za-z_]\w{0,63})["'`]?\s{0,40}(?::\s?[&\w<>[\]' ]{1,30}|[ \t]([\w[\]&<>]{1,64}))?\s{0,8}(?::=|=>|=|,|(?<=\s))\s{0,40}(?:[bBrRuUfFL@$]{0,2}\\{0,8}["'`](\w{1,260})\\{0,8}["'`]|(?<==)(\w{1,260})(?=[\s;]|$))/g;

/** What a piece of a credential can be: the end or the middle of a prefix, or ten random characters. */
const PIECE =
  /(?:[sr]k?|wh?s?e?c?|oa|abse?c?)_?$|[a-z]{2,5}_(?:(?:live|test|org)_)*$|[sr]k_|whsec|^(?:_?(?:live|test|org)_?|live_\w*|test_\w*)$|^(?=.*(?:[0-9]|[a-z].*[A-Z]|[A-Z].*[a-z]))[0-9A-Za-z]{10,}$/;

/**
 * The constants whose value can be a part of a credential, the first of each name.
 */
export function constantsIn(text: string): ReadonlyMap<string, Constant> {
  const constants = new Map<string, Constant>();
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [whole, first, second, quoted, bare] = match;
    const text = quoted ?? bare;
    if (text === undefined || !PIECE.test(text)) continue;
    const start = match.index + whole.lastIndexOf(text);
    // Of two words, `const p = …` and `p string = …`, either may be the name.
    for (const name of [first, second]) {
      if (name !== undefined && !constants.has(name)) constants.set(name, { text, start });
    }
  }
  return constants;
}
