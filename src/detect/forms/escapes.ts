/**
 * Escapes of JSON, JavaScript, C and shell (`\"`, `\n`, `\u005f`, `\x5f`, `\137`, `\60`; repeated backslashes count as one, as
 * JSON within JSON has them), of Markdown and LaTeX (`\_`), of URLs (`%5F`, also encoded again as `%255F`), of
 * quoted-printable (`=5F`, and the `=` at the end of a continued line) and of HTML (`&#95;`, `&quot;`, also `&amp;quot;`);
 * and invisible text, which is removed: format characters and the colours of a terminal.
 */
import { createDecoded } from "./decoded.ts";
import { ESCAPE_ANCHORS } from "./escape-anchors.ts";
import type { Form } from "./form.ts";
import { INVISIBLE_BYTES, INVISIBLE_SPELLED } from "./invisible.ts";
import type { Reading } from "./reading.ts";

const ESCAPE = new RegExp(
  [
    `(?<seen>${INVISIBLE_BYTES})`,
    `(?<spelled>${INVISIBLE_SPELLED})`,
    "(?<softBreak>=\\r?\\n)",
    String.raw`\{\\_\}`,
    String.raw`\\{1,8}(?:u\{?0{0,4}(?<unicode>[0-9a-fA-F]{2})\}?|x(?<hex>[0-9a-fA-F]{2})|(?<control>[nrtbfv"'/${"`"}_])|(?<octal>[01][0-7]{2}|[0-7]{2}(?![0-7])))`,
    "%(?:25){0,3}(?<url>[0-9a-fA-F]{2})",
    "=(?<printable>[0-9A-F]{2})",
    "&(?:amp;){0,3}(?:#0{0,4}(?<decimal>[0-9]{2,3});|#[xX]0{0,4}(?<entityHex>[0-9a-fA-F]{2});|(?<entity>quot|apos|lt|gt|amp|lowbar|UnderBar|nbsp|equals|colon|NewLine|Tab|lsqb|lbrack|lpar|comma);)",
  ].join("|"),
  "g",
);

const CONTROL: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v" };
const ENTITY: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  lt: "<",
  gt: ">",
  amp: "&",
  lowbar: "_",
  UnderBar: "_",
  nbsp: "\u00a0",
  equals: "=",
  colon: ":",
  NewLine: "\n",
  Tab: "\t",
  lsqb: "[",
  lbrack: "[",
  lpar: "(",
  comma: ",",
};

const ESCAPED = 1;
const URL = 2;
/** Something invisible as bytes: it alters a key only within the key. */
const TAKEN_OUT = 3;

export const ESCAPES: Form = {
  name: "escapes",
  encodings: ["escaped", "url"],
  anchors: ESCAPE_ANCHORS,
  before: 256,
  after: 2048,
  read: readEscapes,
  source: "RFC 8259, RFC 3986, RFC 2045, CommonMark, ECMA-48, Unicode and the HTML standard.",
  examples: [
    { name: "JSON quote", encoding: "escaped", write: (key) => `{"body":"{\\"key\\":\\"${key}\\"}"}` },
    { name: "JSON \\u0022", encoding: "escaped", write: (key) => `"\\u0022${key}\\u0022"` },
    { name: "literal \\n before it", encoding: "escaped", write: (key) => `"a\\n${key}\\nb"` },
    { name: "\\u005f", encoding: "escaped", write: (key) => `"${key.replaceAll("_", "\\u005f")}"` },
    { name: "\\x, every character", encoding: "escaped", write: (key) => `"${hexadecimal(key, "\\x")}"` },
    {
      name: "Markdown and LaTeX, \\_",
      encoding: "escaped",
      write: (key) => `Use ${key.replaceAll("_", "\\_")}.`,
    },
    { name: "colours spelled \\u001b", encoding: "escaped", write: (key) => `"\\u001b[33m${key}\\u001b[0m"` },
    {
      name: "colours spelled \\033",
      encoding: "escaped",
      write: (key) => `echo "\\033[1;33m${key}\\033[0m"`,
    },
    { name: "colours spelled ^[", encoding: "escaped", write: (key) => `^[[33m${key}^[[0m` },
    { name: "grep's colours within", encoding: "escaped", write: (key) => inColours(key) },
    {
      name: "a zero-width space within",
      encoding: "escaped",
      write: (key) => `KEY: ${key.slice(0, -5)}\xe2\x80\x8b${key.slice(-5)}`,
    },
    {
      name: "a soft hyphen within",
      encoding: "escaped",
      write: (key) => `KEY: ${key.slice(0, -9)}\xc2\xad${key.slice(-9)}`,
    },
    { name: "URL, %5F", encoding: "url", write: (key) => `?k=${key.replaceAll("_", "%5F")}&x=1` },
    { name: "URL, %22", encoding: "url", write: (key) => `?q=%22${key}%22` },
    { name: "URL, every character", encoding: "url", write: (key) => `?q=${hexadecimal(key, "%")}` },
    { name: "quoted-printable, =3D before it", encoding: "escaped", write: (key) => `KEY=3D${key}\r\n` },
    {
      name: "quoted-printable, over the end of a line",
      encoding: "escaped",
      write: (key) => `${key.slice(0, 20)}=\r\n${key.slice(20)}\r\n`,
    },
    { name: "HTML entities", encoding: "escaped", write: (key) => `<b>&quot;${key}&quot;</b>` },
    { name: "HTML, &#95;", encoding: "escaped", write: (key) => `<b>${key.replaceAll("_", "&#95;")}</b>` },
  ],
};

function hexadecimal(text: string, mark: string): string {
  return Array.from(text, (character) => mark + character.charCodeAt(0).toString(16)).join("");
}

/** The colours with which grep marks a match. */
function inColours(key: string): string {
  const cut = key.lastIndexOf("_") + 1;
  return `\u001b[01;31m\u001b[K${key.slice(0, cut)}\u001b[m\u001b[K${key.slice(cut)}`;
}

function readEscapes(text: string): readonly Reading[] {
  const decoded = createDecoded(text);
  const marks = new Uint8Array(text.length + 1);
  const parted = new Uint8Array(text.length + 1);
  let from = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const to = match.index + match[0].length;
    decoded.copy(from, match.index);
    const at = decoded.length;
    const groups: Groups = match.groups ?? {};
    if (groups["seen"] !== undefined || groups["spelled"] !== undefined) parted[at] = 1;
    // A removed escape is marked on the character after it.
    if (groups["seen"] === undefined) marks[at] = groups["url"] === undefined ? ESCAPED : URL;
    else if (marks[at] === 0) marks[at] = TAKEN_OUT;
    decoded.replace(replacementOf(groups), match.index, to);
    from = to;
  }
  if (from === 0) return [];
  decoded.copy(from, text.length);
  const { text: read, origins } = decoded.finish();
  return [
    {
      text: read,
      spanOf: (start, end) => ({ start: origins.starts[start] ?? 0, end: origins.ends[end - 1] ?? 0 }),
      encodingOf(start, end) {
        const touched = marks.subarray(Math.max(0, start - 1), end);
        if (touched.includes(ESCAPED)) return "escaped";
        if (touched.includes(URL)) return "url";
        return marks.subarray(start + 1, end).includes(TAKEN_OUT) ? "escaped" : null;
      },
      joinAt: () => null,
      weakestJoin: () => null,
      isParted: (at) => parted[at] === 1,
    },
  ];
}

type Groups = Readonly<Record<string, string | undefined>>;

function replacementOf(groups: Groups): string {
  const { seen, spelled, softBreak, control, entity, octal, decimal } = groups;
  if (seen !== undefined || spelled !== undefined || softBreak !== undefined) return "";
  if (control !== undefined) return CONTROL[control] ?? control;
  if (entity !== undefined) return ENTITY[entity] ?? " ";
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 0xff);
  const { unicode, hex, url, printable, entityHex } = groups;
  const digits = unicode ?? hex ?? url ?? printable ?? entityHex;
  // `{\_}`.
  return digits === undefined ? "_" : String.fromCharCode(Number.parseInt(digits, 16));
}
