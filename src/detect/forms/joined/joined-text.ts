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

const CONTINUED = new RegExp(CONTINUATION, "y");
const CONTINUED_OR_REFERENCE = new RegExp(`${CONTINUATION}|${REFERENCE}`, "y");

/** What a character may begin; everything else is passed over. */
const WORD = 1;
const QUOTE = 2;
const BACKSLASH = 3;
const SIGN = 4;
const CLASSES = new Uint8Array(256);
for (let code = 0; code < 256; code++) {
  const character = String.fromCharCode(code);
  if (/\w/.test(character)) CLASSES[code] = WORD;
  else if (/["'`]/.test(character)) CLASSES[code] = QUOTE;
  else if (character === "\\") CLASSES[code] = BACKSLASH;
  else if (/[$#%@!{<]/.test(character)) CLASSES[code] = SIGN;
}

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
  /** Nothing in the text is named. */
  readonly #isNameless: boolean;
  /** By the first character of names: their lengths as bits, so most words need no look-up. */
  readonly #lengths = new Uint32Array(128);
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
    this.#isNameless = constants.size === 0;
    for (const name of constants.keys()) {
      const first = name.charCodeAt(0);
      this.#lengths[first] = (this.#lengths[first] ?? 0) | (1 << (name.length % 32));
    }
    this.#capacity = (constants.size === 0 && this.#formats.length === 0 ? 1 : MAX_GROWTH) * text.length + 64;
    this.#decoded = createDecoded(text);
    this.#joins = new Uint8Array(this.#capacity + 1);
  }

  read(): Reading | null {
    const text = this.#text;
    for (let at = 0; at < text.length;) {
      const next = this.#visit(at, CLASSES[text.charCodeAt(at)]);
      if (next === null) break;
      at = Math.max(next, this.#done);
    }
    return this.#done === 0 ? null : this.#finish();
  }

  /** @returns where to go on; null if the reading may not grow further */
  #visit(at: number, begins: number | undefined): number | null {
    switch (begins) {
      case WORD: {
        const end = this.#wordEnd(at);
        if (!this.#mayBeName(at, end)) return end;
        return this.#nameAt(at, this.#text.slice(at, end)) ? end : null;
      }
      case QUOTE:
        return this.#formatAt(at) || this.#quoteAt(at) ? at + 1 : null;
      case BACKSLASH:
        return this.#signAt(at, this.#isNameless ? CONTINUED : CONTINUED_OR_REFERENCE);
      case SIGN:
        return this.#isNameless ? at + 1 : this.#signAt(at, CONTINUED_OR_REFERENCE);
      default:
        return at + 1;
    }
  }

  #mayBeName(at: number, end: number): boolean {
    return (((this.#lengths[this.#text.charCodeAt(at)] ?? 0) >>> ((end - at) % 32)) & 1) === 1;
  }

  #wordEnd(at: number): number {
    let end = at + 1;
    while (CLASSES[this.#text.charCodeAt(end)] === WORD) end++;
    return end;
  }

  /** A continued line, or a reference to a constant. */
  #signAt(at: number, pattern: RegExp): number | null {
    pattern.lastIndex = at;
    const match = pattern.exec(this.#text);
    if (match === null) return at + 1;
    const [found] = match;
    if (found.startsWith("\\") && found.includes("\n")) {
      this.#copyTo(at, at + found.length);
      this.#mark("operator");
      return at + found.length;
    }
    const name = match.slice(1).find((group) => group !== undefined);
    return name === undefined || this.#referenceAt(at, found, name) ? at + found.length : null;
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
    if (CLASSES[this.#text.charCodeAt(quote - 1)] !== WORD) return false;
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
    const constant = this.#syntax.constantNamed(name);
    if (constant === null || CLASSES[this.#text.charCodeAt(index - 1)] === WORD) return true;
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
