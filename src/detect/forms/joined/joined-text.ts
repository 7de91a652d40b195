/**
 * Joins the literals of a program where its code does. One pass: at each quote, name and reference it asks what is joined
 * there, and copies everything else unchanged. It knows no scopes and does not distinguish an opening quote from a closing
 * one, because a stretch can begin anywhere.
 */
import { createDecoded } from "../decoded.ts";
import type { Decoded } from "../decoded.ts";
import type { Join, Reading } from "../reading.ts";
import type { Constant } from "./constants.ts";
import { formatsIn } from "./formats.ts";
import type { Format, FormatPiece } from "./formats.ts";
import { Syntax } from "./syntax.ts";
import type { Operand } from "./syntax.ts";

/** A reading grows if constants are used several times, up to this many times its text. */
const MAX_GROWTH = 4;

const CONTINUATION = String.raw`\\{1,2}z?\r?\n[ \t]{0,80}`;
const NAME = `[A-Za-z_]\\w{0,63}`;
const QUALIFIED = `(?:[\\w$]{1,64}(?:\\.|::|->)){0,3}[$@]?(${NAME})`;
/** `${P}`, `#{P}`, `{P}`, `{{ P }}`, `<%= P %>`, `\(P)`, `$(P)`, `$P`, `%P%`. */
const REFERENCE = `(?:[$#%@!]?\\{\\{?\\s{0,4}${QUALIFIED}\\s{0,4}\\}?\\}|<%=\\s{0,4}${QUALIFIED}\\s{0,4}%>|(?:\\\\{1,8}|\\$)\\(\\s{0,4}${QUALIFIED}\\s{0,4}\\)|\\$(${NAME})|%(${NAME})%)`;

const QUOTES = new RegExp(`["'\`]|${CONTINUATION}`, "g");
const QUOTES_AND_NAMES = new RegExp(`["'\`]|${CONTINUATION}|${REFERENCE}|${NAME}`, "g");

/** From the weakest. */
const JOINS: readonly Join[] = ["comma", "call", "operator"];

/** @param separator replaces a comma between two pieces; null if commas join nothing */
export function readJoined(
  text: string,
  constants: ReadonlyMap<string, Constant>,
  separator: string,
): Reading | null {
  return new JoinedText(text, constants, separator).read();
}

class JoinedText {
  readonly #text: string;
  readonly #separator: string;
  readonly #syntax: Syntax;
  readonly #formats: readonly Format[];
  readonly #pattern: RegExp;
  readonly #capacity: number;
  readonly #decoded: Decoded;
  /** For each character of the reading: 1 + the index in JOINS of what was joined before it; 0 for nothing. */
  readonly #joins: Uint8Array;
  /** The text is copied, or replaced by its meaning, up to here. */
  #done = 0;
  #nextFormat = 0;

  constructor(text: string, constants: ReadonlyMap<string, Constant>, separator: string) {
    this.#text = text;
    this.#separator = separator;
    this.#syntax = new Syntax(text, constants);
    this.#formats = formatsIn(text, constants);
    this.#pattern = constants.size === 0 ? QUOTES : QUOTES_AND_NAMES;
    this.#capacity = (constants.size === 0 && this.#formats.length === 0 ? 1 : MAX_GROWTH) * text.length + 64;
    this.#decoded = createDecoded(text, this.#capacity);
    this.#joins = new Uint8Array(this.#capacity + 1);
  }

  read(): Reading | null {
    const pattern = new RegExp(this.#pattern);
    for (let match = pattern.exec(this.#text); match !== null; match = pattern.exec(this.#text)) {
      if (match.index >= this.#done && !this.#visit(match)) break;
      pattern.lastIndex = Math.max(pattern.lastIndex, this.#done);
    }
    return this.#done === 0 ? null : this.#finish();
  }

  /** @returns false if the reading may not grow further */
  #visit(match: RegExpExecArray): boolean {
    const { index } = match;
    const [found] = match;
    if (this.#formatAt(index)) return true;
    if (/^["'`]/.test(found)) return this.#quoteAt(index);
    if (found.startsWith("\\") && found.includes("\n")) {
      this.#copyTo(index, index + found.length);
      this.#mark("operator");
      return true;
    }
    const reference = match.slice(1).find((name) => name !== undefined);
    return reference === undefined ? this.#nameAt(index, found) : this.#referenceAt(index, found, reference);
  }

  #formatAt(index: number): boolean {
    while ((this.#formats[this.#nextFormat]?.start ?? Infinity) <= index) this.#nextFormat++;
    const format = this.#formats[this.#nextFormat];
    if (format === undefined || format.start !== index + 1) return false;
    const added = format.pieces.reduce((sum, piece) => sum + piece.text.length, 0);
    if (!this.#hasRoomFor(added)) return false;
    this.#copyTo(format.start, format.end);
    for (const piece of format.pieces) this.#add(piece, "operator");
    return true;
  }

  #quoteAt(index: number): boolean {
    const operand = this.#syntax.operandAfter(index + 1, "literal");
    if (operand !== null) return this.#join(this.#beforeBackslashes(index), operand);
    if (index >= this.#done && this.#isHalfQuoted(index)) {
      this.#copyTo(index, index + 1);
      this.#mark("operator");
    }
    return true;
  }

  /** Shell: `sk_live_"…"`, `$P"…"`. The letter of `b"…"` is no part of the text. */
  #isHalfQuoted(quote: number): boolean {
    const around = this.#text.slice(Math.max(0, quote - 3), quote + 2);
    return /\w["']\w$/.test(around) && !/(?:^|\W)[bBrRuUfFLN]{1,2}["']\w$/.test(around);
  }

  #referenceAt(index: number, found: string, name: string): boolean {
    const constant = this.#syntax.constantNamed(name);
    if (constant === null) return true;
    if (!this.#hasRoomFor(constant.text.length)) return false;
    this.#copyTo(index, index + found.length);
    this.#add(constant, "operator");
    const operand = this.#syntax.operandAfter(this.#done, "name");
    return operand === null || operand.join !== "operator" || this.#join(this.#done, operand);
  }

  #nameAt(index: number, name: string): boolean {
    if (/[\w$]/.test(this.#text.charAt(index - 1)) && this.#text.charAt(index - 1) !== "$") return true;
    const constant = this.#syntax.constantNamed(name);
    if (constant === null) return true;
    const operand = this.#syntax.operandAfter(index + name.length, constant.isMacro ? "macro" : "name");
    if (operand === null) return true;
    if (!this.#hasRoomFor(constant.text.length)) return false;
    this.#copyTo(index, index + name.length);
    this.#add(constant, "operator");
    return this.#join(this.#done, operand);
  }

  /** Joins an operand to the text that ends at `from`, and then every operand joined to that. */
  #join(from: number, first: Operand): boolean {
    this.#copyTo(from, first.end);
    for (let operand: Operand | null = first; operand !== null;) {
      if (!this.#hasRoomFor((operand.constant?.text.length ?? 0) + this.#separator.length)) return false;
      this.#done = operand.end;
      this.#mark(operand.join);
      if (this.#separator !== "" && operand.join !== "operator")
        this.#decoded.replace(this.#separator, operand.end - 1, operand.end);

      if (operand.constant === null) break;
      this.#add(operand.constant, operand.join);
      operand = this.#syntax.operandAfter(operand.end, operand.constant.isMacro ? "macro" : "name");
    }
    return true;
  }

  /** Copies the rest before `from`, and continues after `to`. */
  #copyTo(from: number, to: number): void {
    this.#decoded.copy(this.#done, from);
    this.#done = to;
  }

  #add(piece: FormatPiece, join: Join): void {
    this.#mark(join);
    this.#decoded.copyFrom(piece.start, piece.text);
    this.#mark("operator");
  }

  /** If there are two reasons at one place, the weaker counts. */
  #mark(join: Join): void {
    const at = this.#decoded.length;
    const code = 1 + JOINS.indexOf(join);
    this.#joins[at] = this.#joins[at] === 0 ? code : Math.min(code, this.#joins[at] ?? code);
  }

  #hasRoomFor(added: number): boolean {
    return this.#decoded.length + added + (this.#text.length - this.#done) <= this.#capacity;
  }

  #beforeBackslashes(quote: number): number {
    let at = quote;
    while (at > this.#done && quote - at < 8 && this.#text.charAt(at - 1) === "\\") at--;
    return at;
  }

  #finish(): Reading {
    this.#decoded.copy(this.#done, this.#text.length);
    const { text, origins } = this.#decoded.finish();
    const joins = this.#joins;
    return {
      text,
      spanOf(start, end) {
        let first = Infinity;
        let last = 0;
        for (let at = start; at < end; at++) {
          first = Math.min(first, origins.starts[at] ?? first);
          last = Math.max(last, origins.ends[at] ?? last);
        }
        return { start: first, end: last };
      },
      encodingOf: (start, end) =>
        joins.subarray(start + 1, end).some((join) => join !== 0) ? "joined" : null,
      joinAt: (at) => JOINS[(joins[at] ?? 0) - 1] ?? null,
      weakestJoin(from, to) {
        let weakest = 0;
        for (let at = from + 1; at < to; at++) {
          const join = joins[at] ?? 0;
          if (join !== 0 && (weakest === 0 || join < weakest)) weakest = join;
        }
        return JOINS[weakest - 1] ?? null;
      },
      isParted: () => false,
    };
  }
}
