/**
 * The pieces of grammar by which programs put strings together, for JavaScript, Python, PHP, Perl, Ruby, Java, Kotlin,
 * Scala, Go, C, C++, C#, Rust, Swift, Lua, Haskell, Elixir, Erlang, OCaml, R, Julia, SQL, Visual Basic, PowerShell, shell,
 * make and the configuration languages that have templates. Every pattern is bounded, so each takes constant time.
 */
import type { Join } from "../reading.ts";
import type { Constant } from "./constants.ts";

const COMMENT = `//[^\\n]{0,200}\\n|/\\*[^*]{0,200}\\*/|#[^\\n{]{0,200}\\n|--[^\\n]{0,200}\\n`;
/** The end of a line of a notebook, which is a string of a list: `\n", "`. */
const NOTEBOOK_LINE = `\\\\n["'],\\s{0,80}["']`;
/** Calls that leave a string as it is. */
const CONVERSION = `\\.(?:to_owned|to_string|into|to_s|toString|encode|freeze|trim|strip)\\(\\)`;
/** White space, brackets, comments and the ends of continued lines. */
const GAP = new RegExp(
  `(?:[\\s()]|${NOTEBOOK_LINE}|${CONVERSION}|\\\\{1,4}\\r?\\n|\\\\{1,4}n|${COMMENT}){0,64}`,
  "y",
);
const OPERATOR =
  /(?:\+\+?|\.\.?(?![\w.])|<<|<>|\|\||&(?:\s_)?|~|\^|\*|\}\s{0,4}[$#]?\{|\]?\s{0,4}stringByAppendingString:|(?:\?\.|\.)(?:concat|append|appending|push_str|push|add|write|plus)\()/iy;
/** Statements that append: `key += "…"`, `$key .= '…'`, `sb.append("…")`, `strcat(key, "…")`. */
const APPENDING =
  /\)?;?\s{0,8}(?:[$@\w.>-]{1,60}(?:\s{0,8}(?:\+=|\.=|<<|~=)|\.(?:concat|append|push|push_str|write|WriteString)\()|(?:std::)?(?:strn?cat(?:_s)?)\(\s{0,4}[&\w.>-]{1,60}\s{0,4},|(?:append|write|print)\()/iy;
const OPENING = /(?:(?<=[\s(+.,:;&~<>|^*])[bBrRuUfFLN@$]{1,2})?\\{0,8}["'`]/y;
const QUALIFIED = /(?:[\w$@]{1,64}(?:\.|::|->)){0,3}[$@]?([A-Za-z_]\w{0,63})(?![\w(])/y;
const SPACES = /[ \t]{1,8}/y;

/** The first characters of each, so no pattern is tried in vain. */
const GAP_STARTS: ReadonlySet<string> = new Set(" \t\r\n\f\v\xa0()\\/#-.");
const OPERATOR_STARTS: ReadonlySet<string> = new Set("+.<|&~^*]}?sS");
const OPENING_STARTS: ReadonlySet<string> = new Set("\"'`\\bBrRuUfFLN@$");

/** A call that puts the parts of a list together, anywhere near it. */
const JOINING_CALL =
  /\b(?:join|joined|join_string|string_join|joinToString|implode|concat|concatenate|mconcat|mkString|paste0?|str_c|reduce|glue|s?print(?:ln)?|StringBuilder|strcat|unlines|Fn::Join)\b/gi;
const MAX_CALL_DISTANCE = 800;

/** The operand that is joined to the piece before it. */
export interface Operand {
  readonly join: Join;
  /** Null: a literal, whose text begins at `end`. */
  readonly constant: Constant | null;
  readonly end: number;
}

/** Finds what is joined in one text. */
export class Syntax {
  readonly #text: string;
  readonly #constants: ReadonlyMap<string, Constant>;
  readonly #calls: readonly number[];

  constructor(text: string, constants: ReadonlyMap<string, Constant>) {
    this.#text = text;
    this.#constants = constants;
    this.#calls = [...text.matchAll(JOINING_CALL)].map((call) => call.index);
  }

  /** The operand joined to the piece that ends before `at`; null if there is none. */
  operandAfter(at: number, piece: "literal" | "name" | "macro"): Operand | null {
    // Most quotes open a literal.
    if (isWordCharacter(this.#text.charCodeAt(at))) return null;
    const afterGap = at + this.#gapAt(at);
    const operator = this.#operatorAt(at, afterGap);
    if (operator === null) return this.#adjacentTo(at, afterGap, piece);
    const from = operator.end + this.#gapAt(operator.end);
    const opening = this.#openingAt(from);
    return opening === ""
      ? this.#constantAt(from, operator.join)
      : { join: operator.join, constant: null, end: from + opening.length };
  }

  /** Adjacent literals are one; of names only those of the preprocessor, with blanks between, because brackets are a call. */
  #adjacentTo(at: number, afterGap: number, piece: "literal" | "name" | "macro"): Operand | null {
    const opening = this.#openingAt(afterGap);
    const spaces = this.#match(SPACES, at);
    if (opening !== "" && (piece === "literal" || (piece === "macro" && spaces.length === afterGap - at)))
      return { join: "operator", constant: null, end: afterGap + opening.length };

    const next = spaces === "" || piece === "name" ? null : this.#constantAt(at + spaces.length, "operator");
    return next?.constant?.isMacro === true ? next : null;
  }

  /** The constant whose name, qualified or not, is at `at`. */
  constantNamed(name: string): Constant | null {
    return this.#constants.get(name) ?? null;
  }

  #constantAt(at: number, join: Join): Operand | null {
    QUALIFIED.lastIndex = at;
    const match = QUALIFIED.exec(this.#text);
    const constant = this.#constants.get(match?.[1] ?? "");
    return match === null || constant === undefined ? null : { join, constant, end: at + match[0].length };
  }

  #operatorAt(at: number, afterGap: number): { join: Join; end: number } | null {
    const next = this.#text.charAt(afterGap);
    const operator = OPERATOR_STARTS.has(next) ? this.#match(OPERATOR, afterGap) : "";
    if (operator !== "") return { join: "operator", end: afterGap + operator.length };
    if (next === ";" || this.#text.slice(at, afterGap).includes("\n")) {
      const appending = this.#match(APPENDING, afterGap);
      if (appending !== "") return { join: "operator", end: afterGap + appending.length };
    }
    if (next !== "," && next !== ";") return null;
    // After a closing bracket the list that a call joins is over.
    const isInCall = !this.#text.slice(at, afterGap).includes(")") && this.#isNearCall(afterGap);
    return next === ";" && !isInCall ? null : { join: isInCall ? "call" : "comma", end: afterGap + 1 };
  }

  #isNearCall(at: number): boolean {
    let low = 0;
    let high = this.#calls.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#calls[middle] ?? 0) < at - MAX_CALL_DISTANCE) low = middle + 1;
      else high = middle;
    }
    return (this.#calls[low] ?? Infinity) <= at + MAX_CALL_DISTANCE;
  }

  #gapAt(at: number): number {
    return GAP_STARTS.has(this.#text.charAt(at)) ? this.#match(GAP, at).length : 0;
  }

  #openingAt(at: number): string {
    return OPENING_STARTS.has(this.#text.charAt(at)) ? this.#match(OPENING, at) : "";
  }

  #match(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? "";
  }
}

function isWordCharacter(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
  );
}
