import type { Constant } from "./constants.ts";

/** A piece of a format's result: text of the source, and where it begins. */
export type FormatPiece = Pick<Constant, "text" | "start">;

/** A format with its arguments filled in, instead of `start..end` of the text. */
export interface Format {
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly FormatPiece[];
}

const PLACEHOLDER = /%(?:(\d)\$)?(?:-?[0-9.]{1,6})?[sdvq@]|\{(\w{0,40})(?:![rsa])?\}/g;
/** A literal with a placeholder, and the syntax that passes it arguments: `%`, a comma, `-f`, `.format(`, or a space in shell. */
const FORMAT =
  /(["'`])([^"'`\n]{0,160}(?:%(?:\d\$)?(?:-?[0-9.]{1,6})?[sdvq@]|(?<![$#])\{\w{0,40}(?:![rsa])?\})[^"'`\n]{0,160})\1(?:[\s)]{0,8}(?:%|,|-f\b|\.(?:format|formatted|with|args)\s?\()[\s([{@]{0,16}|[ \t]{1,8}(?=["'\w$]))/g;
const ARGUMENT =
  /(?:(\w{1,40})\s?=(?!=)\s?)?(?:[bBrRuUfFL@$]{0,2}(["'`])(\w{1,260})\2|\$?\{?(?:[\w$]{1,64}(?:\.|::|->)){0,3}[$@]?([A-Za-z_]\w{0,63})(?![\w(])\}?|\w{1,260})/y;
const NEXT = /\s{0,40},\s{0,40}|[ \t]{1,8}(?=["'$\w])/y;
const MAX_ARGUMENTS = 24;

/** The formats with at least one known argument, in order, not nested. Linear in the text. */
export function formatsIn(text: string, constants: ReadonlyMap<string, Constant>): readonly Format[] {
  const formats: Format[] = [];
  for (const match of text.matchAll(FORMAT)) {
    const [whole, , template = ""] = match;
    const { values, named, end } = argumentsAt(text, match.index + whole.length, constants);
    if (values.every((value) => value === null)) continue;
    const start = match.index + 1;
    formats.push({
      start,
      end,
      pieces: filled(template, start, values, (key) => named.get(key) ?? constants.get(key)),
    });
  }
  return formats.filter((format, i) => i === 0 || format.start >= (formats[i - 1]?.end ?? 0));
}

interface Arguments {
  /** In order; null if the value is unknown. */
  readonly values: readonly (FormatPiece | null)[];
  readonly named: ReadonlyMap<string, FormatPiece>;
  readonly end: number;
}

function argumentsAt(text: string, from: number, constants: ReadonlyMap<string, Constant>): Arguments {
  const values: (FormatPiece | null)[] = [];
  const named = new Map<string, FormatPiece>();
  let at = from;
  let end = from;
  while (values.length < MAX_ARGUMENTS) {
    ARGUMENT.lastIndex = at;
    const match = ARGUMENT.exec(text);
    if (match === null) break;
    const [whole, keyword, quote, literal, name] = match;
    end = at + whole.length;
    const value =
      literal === undefined || quote === undefined
        ? (constants.get(name ?? "") ?? null)
        : { text: literal, start: end - literal.length - 1 };
    values.push(value);
    if (keyword !== undefined && value !== null) named.set(keyword, value);
    NEXT.lastIndex = end;
    const next = NEXT.exec(text);
    if (next === null) break;
    at = end + next[0].length;
  }
  return { values, named, end };
}

function filled(
  template: string,
  start: number,
  values: readonly (FormatPiece | null)[],
  named: (key: string) => FormatPiece | undefined,
): readonly FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let from = 0;
  let next = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const [whole, position, key] = match;
    const index =
      position !== undefined ? Number(position) - 1 : /^\d+$/.test(key ?? "") ? Number(key) : null;
    const value =
      index !== null ? values[index] : key !== undefined && key !== "" ? named(key) : values[next++];
    pieces.push({ text: template.slice(from, match.index), start: start + from });
    // The placeholder of an unknown value stays, and nothing is joined across it.
    pieces.push(value ?? { text: whole, start: start + match.index });
    from = match.index + whole.length;
  }
  pieces.push({ text: template.slice(from), start: start + from });
  return pieces.filter((piece) => piece.text !== "");
}
