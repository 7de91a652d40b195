import type { Reading } from "./reading.ts";
import { createDecoded } from "./decoded.ts";
import type { Form } from "./form.ts";
import { PREFIX_ANCHORS } from "./plain.ts";

/**
 * Escapes of JSON, JavaScript, C and shell (`\"`, `\n`, `\u005f`, `\x5f`, `\137`; repeated backslashes count as
 * one, as JSON within JSON has them), of URLs (`%5F`, also encoded again as `%255F`), of quoted-printable (`=5F`, and the
 * `=` that ends a line that goes on) and of HTML (`&#95;`, `&#x5f;`, `&quot;`, also as `&amp;quot;`).
 */
const ESCAPE =
  /\\{1,8}(?:u\{?0{0,4}([0-9a-fA-F]{2})\}?|x([0-9a-fA-F]{2})|([nrtbfv"'/`])|([01][0-7]{2}))|%(?:25){0,3}([0-9a-fA-F]{2})|=([0-9A-F]{2})|(=\r?\n)|&(?:amp;){0,3}(?:#0{0,4}([0-9]{2,3});|#[xX]0{0,4}([0-9a-fA-F]{2});|(quot|apos|lt|gt|amp|lowbar|UnderBar|nbsp|equals|colon|NewLine|Tab|lsqb|lbrack|lpar|comma);)/g;

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

export const ESCAPES: Form = {
  name: "escapes",
  encodings: ["escaped", "url"],
  anchors: [
    ...PREFIX_ANCHORS,
    // An encoded underscore before the mode.
    ...["live", "test", "org"].flatMap((word) =>
      ["5F", "5f", "5F;", "5f;", "95;", "095;", "lowbar;", "137"].flatMap((underscore) =>
        Array.from("_%\\&=", (after) => underscore + word + after),
      ),
    ),
    // An encoded underscore after it, or every character encoded: "k_" is in each.
    ...["5F", "5f"].flatMap((underscore) => [`whsec%${underscore}`, `whsec=${underscore}`]),
    ...["\\u", "\\x", "&#", "&l"].map((escape) => `whsec${escape}`),
    "63%5f",
    "63%5F",
    "63\\x5f",
    "63\\u005f",
    "99;&#95;",
    "6b%5f",
    "6B%5F",
    "6b\\x5f",
    "6B\\x5F",
    "6b\\u005f",
    "6B\\u005F",
    "153\\137",
    "107;&#95;",
    "6b;&#x5f;",
    "6B;&#x5F;",
    // A prefix over the end of a line in quoted-printable.
    "sk_=",
    "rk_=",
    "k_l=",
    "k_t=",
    "k_li=",
    "k_te=",
    "_liv=",
    "_tes=",
    "k_live=",
    "k_test=",
    "\nk_l",
    "\nk_t",
    "\n_live_",
    "\n_test_",
  ],
  before: 256,
  after: 2048,
  read: readEscapes,
  source: "RFC 8259, RFC 3986, RFC 2045 and the HTML standard.",
  examples: [
    { name: "JSON quote", encoding: "escaped", write: (key) => `{"body":"{\\"key\\":\\"${key}\\"}"}` },
    { name: "JSON \\u0022", encoding: "escaped", write: (key) => `"\\u0022${key}\\u0022"` },
    { name: "literal \\n before it", encoding: "escaped", write: (key) => `"a\\n${key}\\nb"` },
    { name: "\\u005f", encoding: "escaped", write: (key) => `"${key.replaceAll("_", "\\u005f")}"` },
    { name: "\\x, every character", encoding: "escaped", write: (key) => `"${hexadecimal(key, "\\x")}"` },
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

function readEscapes(text: string): readonly Reading[] {
  const decoded = createDecoded(text, text.length);
  const marks = new Uint8Array(text.length + 1);
  let from = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const to = match.index + match[0].length;
    decoded.copy(from, match.index);
    const isUrl = match[5] !== undefined;
    const replacement = replacementOf(match);
    // A soft line break leaves nothing, so its mark goes to the character after it.
    marks[decoded.length] = isUrl ? URL : ESCAPED;
    decoded.replace(replacement, match.index, to);
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
        return touched.includes(URL) ? "url" : null;
      },
      joinedAt: () => false,
    },
  ];
}

function replacementOf(match: RegExpExecArray): string {
  const [, unicode, hex, control, octal, url, printable, softBreak, decimal, hexEntity, entity] = match;
  if (softBreak !== undefined) return "";
  if (control !== undefined) return CONTROL[control] ?? control;
  if (entity !== undefined) return ENTITY[entity] ?? " ";
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 0xff);
  return String.fromCharCode(Number.parseInt(unicode ?? hex ?? url ?? printable ?? hexEntity ?? "20", 16));
}
